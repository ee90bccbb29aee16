import { blocks, isNamed } from './blocks.ts';
import { documents } from './documents.ts';

describe('the documents that the pages show', () => {
  for (const document of documents)
    it(`are what the host reads: ${document.file}, ${document.begins}`, async () => {
      for (const block of blocks) if (isNamed(block, document)) await document.check(block.text);
    });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { levels, type OutboundState } from '../../middleware/domain.ts';

const sending = { queued: true, sending: true, sent: true, failed: true } satisfies Record<
  OutboundState,
  true
>;

describe('the diagrams of the ledger’s states', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'ledger.md'), 'utf8');
  const [call, level] = [...page.matchAll(/^```mermaid\n(.*?)^```$/gms)].map(([, text]) =>
    statesOf(String(text)),
  );

  it('have every state of the call, and no other', () => {
    assert.deepEqual(call, Object.keys(sending).sort());
  });

  it('have every level, and no other', () => {
    assert.deepEqual(level, [...levels].sort());
  });
});

/** The states between which a diagram of Mermaid has arrows. */
function statesOf(diagram: string): readonly string[] {
  const ends = [...diagram.matchAll(/^ *(\S+) --> (\w+)/gm)].flatMap(([, from, to]) => [from, to]);
  return [...new Set(ends.filter(end => end !== '[*]'))].map(String).sort();
}

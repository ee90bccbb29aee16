import assert from 'node:assert/strict';
import { returnPath } from '../../../bot/access/entra/returnPath.ts';

describe('the page to return to', () => {
  for (const path of ['/', '/conversations/c_x?tab=1#end', '/a/b', '/?a=//evil.example'])
    it(`is ${path}`, () => assert.equal(returnPath(path), path));

  for (const asked of [
    null,
    '',
    'evil',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/a\r\nSet-Cookie: x=y',
    '/ü',
    `/${'a'.repeat(600)}`,
  ])
    it(`is the first one for ${JSON.stringify(asked)?.slice(0, 40)}`, () =>
      assert.equal(returnPath(asked), '/'));
});

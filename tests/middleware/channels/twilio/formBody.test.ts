import assert from 'node:assert/strict';
import { readFormBody } from '../../../../middleware/channels/twilio/formBody.ts';

const read = (body: string | Buffer) => Object.fromEntries(readFormBody(Buffer.from(body)));

describe('readFormBody', () => {
  it('decodes names and values, and keeps those that come again', () => {
    assert.deepEqual(read('a=1&b=2&a=3'), { a: ['1', '3'], b: ['2'] });
    assert.deepEqual(read('Body=Gr%C3%BC%C3%9Fe+%F0%9F%91%8B%26%3D&x'), { Body: ['Grüße 👋&='], x: [''] });
    assert.deepEqual(read('a=b=c&=d&&'), { a: ['b=c'], '': ['d'] });
    assert.deepEqual(read('a+b=%2B&Zeile=1%0A2\r\n'), { 'a b': ['+'], Zeile: ['1\n2\r\n'] });
  });
  it('decodes what is not encoded, as it is', () => assert.deepEqual(read('a=ü'), { a: ['ü'] }));

  const refused: readonly [string, string | Buffer][] = [
    ['bytes that are not UTF-8', Buffer.from('a=\xff', 'latin1')],
    ['escapes that are not UTF-8', 'a=%FF'],
    ['half of a surrogate pair', 'a=%ED%A0%80'],
    ['a character in too many bytes', 'a=%C0%AF'],
    ['half of an escape', 'a=%F'],
    ['no escape', 'a=%zz'],
    ['the name __proto__', '__proto__=1'],
    ['the name __proto__, escaped', '%5f_proto__=1'],
    ['the name constructor', 'a=1&constructor=1'],
    ['the name prototype', 'prototype'],
    ['more fields than there can be', Array.from({ length: 501 }, (_, n) => `a${n}=1`).join('&')],
    ['UTF-16', Buffer.from('a=ü', 'utf16le')],
  ];
  for (const [what, body] of refused) {
    it(`refuses ${what}, and repeats nothing of it`, () =>
      assert.throws(
        () => read(body),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'invalid_request');
          return !error.message.includes('a=');
        },
      ));
  }
  it('refuses a body full of separators in no time', () => {
    const began = performance.now();
    assert.deepEqual(read('&'.repeat(400)), {});
    assert.throws(() => read('a&'.repeat(128 * 1024)));
    assert.ok(performance.now() - began < 500);
  });
  it('makes no object that has the names as its own', () => {
    const fields = readFormBody(Buffer.from('toString=1&hasOwnProperty=2'));
    assert.deepEqual(fields.get('toString'), ['1']);
    assert.equal(fields.get('valueOf'), undefined);
  });
});

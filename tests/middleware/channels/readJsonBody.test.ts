import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deepestNesting, readJsonBody } from '../../../middleware/channels/readJsonBody.ts';

const seed = 20261121;

describe('readJsonBody', () => {
  const refuses = (body: Buffer | string) =>
    assert.throws(() => readJsonBody(Buffer.from(body)), { code: 'invalid_request' });

  it('reads JSON, a byte order mark before it included', () => {
    assert.deepEqual(readJsonBody(Buffer.from('{"a":["ü",1,null,{"b":true}]}')), {
      a: ['ü', 1, null, { b: true }],
    });
    assert.deepEqual(readJsonBody(Buffer.from('\uFEFF{}')), {});
  });
  it('refuses what is no JSON, and quotes none of it', () => {
    for (const body of ['', 'x', '{"a":', '{"secret": nonsense}']) {
      assert.throws(
        () => readJsonBody(Buffer.from(body)),
        (error: Error) => {
          assert.ok(!error.message.includes('secret'));
          assert.equal(error.cause, undefined);
          return true;
        },
      );
    }
  });
  it('refuses bytes that are not UTF-8', () => {
    refuses(Buffer.from([0x22, 0xff, 0x22]));
    refuses(Buffer.from('{"a":1}', 'utf16le'));
  });
  it('refuses keys that change prototypes, at any place and however written', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
      refuses(`{"${key}":{"polluted":true}}`);
      refuses(`{"a":[1,{"b":{"${key}":1}}]}`);
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });
  it('refuses what cannot be compared with a number, over which zod would fall', () => {
    refuses('{"a":{"length":{"toString":1}}}');
    refuses('[{"valueOf":null}]');
  });
  it('takes those words as values', () => {
    assert.deepEqual(readJsonBody(Buffer.from('["__proto__"]')), ['__proto__']);
  });
  it(`takes ${deepestNesting} levels and no more`, () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    readJsonBody(Buffer.from(nested(deepestNesting)));
    refuses(nested(deepestNesting + 1));
    refuses(`{"a":${nested(deepestNesting)}}`);
  });
  it('counts no bracket in a string', () => {
    const text = `${'[{'.repeat(100)}\\"[`;
    assert.deepEqual(readJsonBody(Buffer.from(`["${text}"]`)), [JSON.parse(`"${text}"`)]);
  });
  it('refuses four megabytes of brackets in no time', () => {
    const body = Buffer.alloc(4 * 1024 * 1024, '[');
    const before = performance.now();
    refuses(body);
    assert.ok(performance.now() - before < 250);
  });
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), text => {
        const forbidden = /"(__proto__|constructor|prototype|toString|valueOf)"/.test(text);
        fc.pre(!forbidden);
        assert.deepEqual(readJsonBody(Buffer.from(text)), JSON.parse(text));
      }),
      { seed, numRuns: 300 },
    );
  });
});

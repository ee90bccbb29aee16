import assert from 'node:assert/strict';
import { BluetickError } from '../../../middleware/errors.ts';
import { defaultPolicy } from '../../../middleware/policy/defaultPolicy.ts';
import { resolvePolicy } from '../../../middleware/policy/resolvePolicy.ts';

describe('defaultPolicy', () => {
  it('is the one that the design names', () => {
    const delay = { minMs: 0, maxMs: null, perCharacterMs: 0, jitter: 0 };
    assert.deepEqual(defaultPolicy, {
      read: { when: 'accepted', delay, eachMessage: false, acceptTypingWithRead: false },
      typing: { show: true, keepAliveMs: null, limitMs: 120000 },
      think: { delay },
      reply: { delay, receiptBarrierMs: 1500 },
      handoff: { read: null, typing: true, repliedByStatus: false, takeBackAfterMs: null },
      window: { fallbackTemplate: null },
    });
  });

  it('cannot be changed', () => {
    assert.throws(() => Object.assign(defaultPolicy.read.delay, { minMs: 5 }), TypeError);
  });
});

describe('resolvePolicy', () => {
  it('answers the defaults for no documents', () => {
    const { policy, sources } = resolvePolicy([]);
    assert.deepEqual(policy, defaultPolicy);
    assert.deepEqual(new Set(Object.values(sources)), new Set(['built-in default']));
    assert.equal(Object.keys(sources).length, 24);
  });

  it('takes each field from the nearest document that sets it', () => {
    const { policy, sources } = resolvePolicy([
      { source: 'message', document: { read: { when: 'manual' } } },
      { source: 'channel meta', document: { read: { when: 'never', delay: { minMs: 5, maxMs: 9 } } } },
      {
        source: 'default',
        document: { read: { delay: { minMs: 7, jitter: 0.5 } }, typing: { show: false } },
      },
    ]);
    assert.equal(policy.read.when, 'manual');
    assert.deepEqual(policy.read.delay, { minMs: 5, maxMs: 9, perCharacterMs: 0, jitter: 0.5 });
    assert.equal(policy.typing.show, false);
    assert.equal(sources['read.when'], 'message');
    assert.equal(sources['read.delay.minMs'], 'channel meta');
    assert.equal(sources['read.delay.jitter'], 'default');
    assert.equal(sources['read.delay.perCharacterMs'], 'built-in default');
    assert.equal(sources['typing.show'], 'default');
  });

  it('takes null for a value and undefined for none', () => {
    const { policy } = resolvePolicy([
      { source: 'a', document: { typing: { keepAliveMs: null, limitMs: undefined }, read: undefined } },
      { source: 'b', document: { typing: { keepAliveMs: 5000, limitMs: 1000 } } },
    ]);
    assert.equal(policy.typing.keepAliveMs, null);
    assert.equal(policy.typing.limitMs, 1000);
  });

  it('never mixes two templates', () => {
    const { policy, sources } = resolvePolicy([
      { source: 'a', document: { window: { fallbackTemplate: { name: 'near', language: 'en' } } } },
      { source: 'b', document: { window: { fallbackTemplate: { name: 'far', language: 'de', body: [] } } } },
    ]);
    assert.deepEqual(policy.window.fallbackTemplate, { name: 'near', language: 'en' });
    assert.equal(sources['window.fallbackTemplate'], 'a');
  });

  it('answers something that neither it nor its documents can change', () => {
    const template = { name: 'near', language: 'en', body: [{ type: 'text' as const, text: 'Ann' }] };
    const resolved = resolvePolicy([{ source: 'a', document: { window: { fallbackTemplate: template } } }]);
    template.body[0]!.text = 'Bob';
    assert.deepEqual(resolved.policy.window.fallbackTemplate?.body, [{ type: 'text', text: 'Ann' }]);
    const body = resolved.policy.window.fallbackTemplate?.body;
    assert.ok(Object.isFrozen(body) && Object.isFrozen(body?.[0]));
    assert.throws(() => Object.assign(resolved.policy.read.delay, { minMs: 5 }), TypeError);
    assert.throws(() => Object.assign(resolved.sources, { 'read.when': 'x' }), TypeError);
    assert.throws(() => Object.assign(resolved, { policy: defaultPolicy }), TypeError);
    assert.ok(!Object.isFrozen(template));
  });

  for (const section of ['read', 'think', 'reply'] as const) {
    it(`refuses a ${section}.delay.minMs above its maxMs, naming both sources`, () => {
      assert.throws(
        () =>
          resolvePolicy([
            { source: 'workstream sales', document: { [section]: { delay: { minMs: 5000 } } } },
            { source: 'channel meta', document: { [section]: { delay: { maxMs: 1000 } } } },
          ]),
        (error: unknown) => {
          assert.ok(error instanceof BluetickError);
          assert.equal(error.code, 'invalid_policy');
          assert.equal(error.field, `${section}.delay.minMs`);
          assert.equal(
            error.message,
            `${section}.delay.minMs: got 5000 (from workstream sales), allowed: at most ${section}.delay.maxMs, which is 1000 (from channel meta)`,
          );
          return true;
        },
      );
    });
  }

  it('allows a minMs that equals maxMs', () => {
    resolvePolicy([{ source: 'a', document: { read: { delay: { minMs: 10, maxMs: 10 } } } }]);
  });
});

import assert from 'node:assert/strict';
import { BluetickError } from '../../../middleware/errors.ts';
import { type BookChannel, createPolicyBook } from '../../../middleware/policy/policyBook.ts';
import type { PolicyBookDocument } from '../../../middleware/policy/schema.ts';
import { impliesRead, independent, withTyping } from './sampleChannels.ts';

const channels: readonly BookChannel[] = [
  { name: 'meta', businesses: ['m1', 'm2'], capabilities: impliesRead },
  { name: 'waha', businesses: ['w1'], capabilities: independent },
];

const file: PolicyBookDocument = {
  default: { read: { when: 'replying' }, typing: { limitMs: 1 } },
  channels: { meta: { typing: { limitMs: 2 } } },
  businesses: { m1: { typing: { limitMs: 3 } } },
  workstreams: {
    sales: { match: { businesses: ['m1', 'w1'], d365: ['guid'] }, policy: { typing: { limitMs: 4 } } },
    night: { match: { businesses: ['w1'] }, policy: { typing: { limitMs: 5 } } },
    vip: { policy: { typing: { limitMs: 6 } } },
  },
};

function refused(run: () => unknown, field: string, message?: RegExp) {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof BluetickError);
    assert.equal(error.code, 'invalid_policy');
    assert.equal(error.field, field);
    if (message) assert.match(error.message, message);
    return true;
  });
}

describe('PolicyBook', () => {
  const book = createPolicyBook(file, channels);
  const sourceOf = (scope: Parameters<typeof book.resolve>[0]) =>
    book.resolve(scope).sources['typing.limitMs'];

  it('takes the nearest of message, conversation, workstream, business, channel and default', () => {
    const message = { typing: { limitMs: 8 } };
    const conversation = { typing: { limitMs: 7 } };
    const m1 = { channel: 'meta', business: 'm1' } as const;
    assert.equal(sourceOf({ ...m1, conversation, message }), 'message');
    assert.equal(sourceOf({ ...m1, conversation }), 'conversation');
    assert.equal(sourceOf({ ...m1, message }), 'message');
    assert.equal(sourceOf(m1), 'workstream sales');
    assert.equal(sourceOf({ channel: 'meta', business: 'm2' }), 'channel meta');
    assert.equal(sourceOf({ channel: 'google', business: 'g' }), 'default');
    assert.equal(book.resolve(m1).sources['read.when'], 'default');
    assert.equal(book.resolve(m1).sources['reply.receiptBarrierMs'], 'built-in default');
    const without = createPolicyBook({ ...file, workstreams: {} }, channels);
    assert.equal(without.resolve(m1).sources['typing.limitMs'], 'business m1');
  });

  it('finds the workstream: the named one if it is known, else the first that matches the business', () => {
    assert.equal(book.workstreamOf({ business: 'm1', workstream: 'vip' }), 'vip');
    assert.equal(book.workstreamOf({ business: 'm1', workstream: 'gone' }), 'sales');
    assert.equal(book.workstreamOf({ business: 'w1' }), 'sales');
    assert.equal(book.workstreamOf({ business: 'm2' }), undefined);
    assert.equal(book.workstreamOf({ business: 'guid' }), undefined);
    assert.equal(sourceOf({ channel: 'meta', business: 'm2', workstream: 'vip' }), 'workstream vip');
  });

  it('is not misled by ids that objects know', () => {
    for (const id of ['constructor', '__proto__', 'toString']) {
      assert.equal(book.workstreamOf({ business: id, workstream: id }), undefined);
      assert.equal(sourceOf({ channel: 'meta', business: id, workstream: id }), 'channel meta');
    }
  });

  it('only looks up what the scope does not change', () => {
    for (const workstream of [undefined, 'sales', 'vip']) {
      for (const business of ['m1', 'm2']) {
        const scope = { channel: 'meta', business, ...(workstream && { workstream }) } as const;
        assert.equal(book.resolve(scope), book.resolve({ ...scope }));
      }
    }
  });

  it('applies a document of a business on a channel that does not serve it', () => {
    const other = createPolicyBook({ businesses: { m1: { read: { when: 'manual' } } } }, channels);
    assert.equal(other.resolve({ channel: 'waha', business: 'm1' }).policy.read.when, 'manual');
  });

  it('works without any document and without any channel', () => {
    const empty = createPolicyBook({}, []);
    assert.equal(empty.resolve({ channel: 'meta', business: 'm1' }).policy.read.when, 'accepted');
  });

  it('does not see later changes of the file', () => {
    const mutable = { default: { read: { when: 'never' as 'never' | 'manual' } } };
    const made = createPolicyBook(mutable, []);
    mutable.default.read.when = 'manual';
    assert.equal(made.resolve({ channel: 'meta', business: 'm1' }).policy.read.when, 'never');
    const typing = { limitMs: 7 };
    const changed = made.replace({ kind: 'default' }, { typing });
    typing.limitMs = 8;
    const again = changed.replace({ kind: 'business', id: 'm1' }, {});
    assert.equal(again.resolve({ channel: 'meta', business: 'm1' }).policy.typing.limitMs, 7);
    assert.ok(Object.isFrozen(made));
  });
});

describe('createPolicyBook', () => {
  const impossible = { read: { when: 'never' }, typing: { show: true } } as const;

  it('checks a document against the channel that its scope implies', () => {
    refused(
      () => createPolicyBook({ channels: { meta: impossible } }, channels),
      'channels.meta.typing.show',
    );
    refused(
      () => createPolicyBook({ businesses: { m2: impossible } }, channels),
      'businesses.m2.typing.show',
    );
    refused(
      () =>
        createPolicyBook(
          { workstreams: { a: { match: { businesses: ['w1', 'm2'] }, policy: impossible } } },
          channels,
        ),
      'workstreams.a.policy.typing.show',
    );
    const twilio = [{ name: 'twilio', businesses: ['t1'], capabilities: withTyping }] as const;
    refused(
      () =>
        createPolicyBook(
          { channels: { twilio: { read: { acceptTypingWithRead: true }, typing: { show: false } } } },
          twilio,
        ),
      'channels.twilio.read.acceptTypingWithRead',
    );
  });

  it('leaves alone what may be possible', () => {
    createPolicyBook(
      {
        default: impossible,
        channels: { waha: impossible, acs: impossible },
        businesses: { w1: impossible, unknown: impossible },
        workstreams: { a: { policy: impossible }, b: { match: { businesses: ['w1'] }, policy: impossible } },
      },
      channels,
    );
  });

  it('refuses what is impossible everywhere, in every scope', () => {
    const delay = { read: { delay: { minMs: 2, maxMs: 1 } } };
    refused(() => createPolicyBook({ default: delay }, []), 'default.read.delay.minMs');
    refused(() => createPolicyBook({ channels: { acs: delay } }, []), 'channels.acs.read.delay.minMs');
    refused(() => createPolicyBook({ businesses: { x: delay } }, []), 'businesses.x.read.delay.minMs');
    refused(
      () => createPolicyBook({ workstreams: { x: { policy: delay } } }, []),
      'workstreams.x.policy.read.delay.minMs',
    );
  });

  it('refuses documents that contradict each other, once a conversation can meet both', () => {
    const min = { read: { delay: { minMs: 5000 } } };
    const max = { read: { delay: { maxMs: 1000 } } };
    const sources = /from workstream slow\).*from channel meta\)/;
    refused(
      () => createPolicyBook({ channels: { meta: max }, workstreams: { slow: { policy: min } } }, channels),
      'read.delay.minMs',
      sources,
    );
    refused(
      () => createPolicyBook({ default: max, businesses: { m2: min } }, channels),
      'read.delay.minMs',
      /from business m2\).*from default\)/,
    );
    createPolicyBook({ channels: { acs: max }, workstreams: { slow: { policy: min } } }, channels);
    createPolicyBook({ channels: { waha: max }, businesses: { m1: min } }, channels);
    // The business and its channel disagree, but no conversation of it is without the workstream.
    createPolicyBook(
      {
        channels: { meta: max },
        businesses: { m1: min },
        workstreams: { a: { match: { businesses: ['m1'] }, policy: { read: { delay: { minMs: 10 } } } } },
      },
      channels,
    );
  });
});

describe('PolicyBook.replace', () => {
  const limitOf = (book: ReturnType<typeof createPolicyBook>, business: string, workstream?: string) =>
    book.resolve({ channel: 'meta', business, ...(workstream && { workstream }) }).policy.typing.limitMs;
  const put = { typing: { limitMs: 99 } };
  const book = createPolicyBook(file, channels);

  it('puts a document over the file, and gives the file back', () => {
    const changed = book.replace({ kind: 'channel', id: 'meta' }, put);
    assert.equal(limitOf(changed, 'm2'), 99);
    assert.equal(limitOf(book, 'm2'), 2);
    assert.equal(limitOf(changed.replace({ kind: 'channel', id: 'meta' }, undefined), 'm2'), 2);
  });

  it('does so in every scope, one beside the other', () => {
    const changed = book
      .replace({ kind: 'default' }, { read: { when: 'manual' } })
      .replace({ kind: 'business', id: 'm2' }, put)
      .replace({ kind: 'workstream', id: 'vip' }, { typing: { limitMs: 98 } });
    assert.equal(changed.resolve({ channel: 'waha', business: 'w1' }).policy.read.when, 'manual');
    assert.equal(limitOf(changed, 'm2'), 99);
    assert.equal(limitOf(changed, 'm2', 'vip'), 98);
    assert.equal(
      changed.replace({ kind: 'default' }, undefined).resolve({ channel: 'waha', business: 'w1' }).policy.read
        .when,
      'replying',
    );
  });

  it("keeps a workstream's match, and adds workstreams that only a name leads to", () => {
    const changed = book
      .replace({ kind: 'workstream', id: 'sales' }, put)
      .replace({ kind: 'workstream', id: 'new' }, { typing: { limitMs: 97 } });
    assert.equal(limitOf(changed, 'm1'), 99);
    assert.equal(limitOf(changed, 'm2'), 2);
    assert.equal(limitOf(changed, 'm2', 'new'), 97);
  });

  it('works on a book that was empty', () => {
    const empty = createPolicyBook({}, channels);
    assert.equal(limitOf(empty.replace({ kind: 'channel', id: 'meta' }, put), 'm1'), 99);
    assert.equal(limitOf(empty.replace({ kind: 'business', id: 'm1' }, put), 'm1'), 99);
    assert.equal(limitOf(empty.replace({ kind: 'workstream', id: 'a' }, put), 'm1', 'a'), 99);
    assert.equal(limitOf(empty.replace({ kind: 'workstream', id: '__proto__' }, put), 'm1'), 120_000);
  });

  it('refuses what is not possible and stays as it is', () => {
    refused(
      () => book.replace({ kind: 'channel', id: 'meta' }, { typing: { keepAliveMs: 10_000 } }),
      'channels.meta.typing.keepAliveMs',
    );
    assert.equal(limitOf(book, 'm2'), 2);
  });
});

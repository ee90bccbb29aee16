import assert from 'node:assert/strict';
import { type InboundKind, inboundKinds, type Moment, moments } from '../../../middleware/domain.ts';
import { decide, type Situation, satisfies, wantedMoment } from '../../../middleware/policy/decide.ts';
import { resolvePolicy } from '../../../middleware/policy/resolvePolicy.ts';
import type { PolicyDocument } from '../../../middleware/policy/schema.ts';
import type { ReceiptDecision } from '../../../middleware/ports.ts';
import { impliesRead, neither, withTyping } from './sampleChannels.ts';

const policyOf = (document: PolicyDocument) => resolvePolicy([{ source: 'test', document }]).policy;

const base: Situation = {
  moment: 'accepted',
  holder: 'bot',
  kind: 'message',
  capabilities: impliesRead,
  characters: 10,
  hasProviderId: true,
  now: 1000,
  jitter: 0.5,
};

describe('decide', () => {
  const cases: {
    rule: string;
    document?: PolicyDocument;
    situation?: Partial<Situation>;
    expected: ReceiptDecision;
  }[] = [
    {
      rule: '2: skips a message without an id, even one that is asked for',
      situation: { hasProviderId: false, moment: 'manual' },
      expected: {
        outcome: 'skipped',
        because: 'no-provider-id: the provider gave the message no id to mark it by',
      },
    },
    {
      rule: '3: knows a channel without receipts',
      situation: { capabilities: neither },
      expected: { outcome: 'unsupported', because: 'the channel cannot mark messages read' },
    },
    {
      rule: '3: makes no receipt that shows typing which was not accepted',
      situation: { capabilities: withTyping },
      expected: {
        outcome: 'unsupported',
        because: 'reading always shows typing on this channel: set read.acceptTypingWithRead to have both',
      },
    },
    {
      rule: '3: makes one that was',
      document: { read: { acceptTypingWithRead: true } },
      situation: { capabilities: withTyping },
      expected: { outcome: 'scheduled', dueAt: 1000, because: 'read.when is accepted' },
    },
    {
      rule: '5: never is never, also for somebody who asks',
      document: { read: { when: 'never' } },
      situation: { moment: 'manual' },
      expected: { outcome: 'skipped', because: 'read.when is never' },
    },
    {
      rule: '5: never stays at the hand-off',
      document: { read: { when: 'never' } },
      situation: { holder: 'agent', moment: 'agentOpened' },
      expected: { outcome: 'skipped', because: 'handoff.read is null and read.when is never' },
    },
    {
      rule: '6: waits for nothing when asked',
      document: { read: { when: 'agentOpened', delay: { minMs: 500 } } },
      situation: { moment: 'manual' },
      expected: { outcome: 'scheduled', dueAt: 1000, because: 'asked for by hand' },
    },
    {
      rule: '7: schedules when the moment comes',
      expected: { outcome: 'scheduled', dueAt: 1000, because: 'read.when is accepted' },
    },
    {
      rule: '7: adds the delay',
      document: { read: { delay: { minMs: 500, perCharacterMs: 10 } } },
      expected: {
        outcome: 'scheduled',
        dueAt: 1600,
        because: 'read.when is accepted, and read.delay makes it 600 ms later',
      },
    },
    {
      rule: '7: knows what a moment implies',
      document: { handoff: { read: 'agentOpened' } },
      situation: { holder: 'agent', moment: 'agentReplied' },
      expected: {
        outcome: 'scheduled',
        dueAt: 1000,
        because: 'handoff.read is agentOpened, which agentReplied implies',
      },
    },
    {
      rule: '7: knows that an agent who holds the conversation has accepted it',
      document: { handoff: { read: 'agentAccepted' } },
      situation: { holder: 'agent' },
      expected: {
        outcome: 'scheduled',
        dueAt: 1000,
        because: 'handoff.read is agentAccepted, and an agent holds the conversation',
      },
    },
    {
      rule: '8: holds until then',
      document: { read: { when: 'replying' } },
      expected: {
        outcome: 'held',
        until: 'replying',
        because: 'read.when is replying, which has not happened yet',
      },
    },
    {
      rule: '8: holds for the agent in the queue by default',
      situation: { holder: 'queue' },
      expected: {
        outcome: 'held',
        until: 'agentOpened',
        because: 'handoff.read is null and stands for agentOpened, which has not happened yet',
      },
    },
  ];
  for (const { rule, document = {}, situation, expected } of cases) {
    it(`rule ${rule}`, () => {
      assert.deepEqual(decide(policyOf(document), { ...base, ...situation }), expected);
    });
  }

  for (const kind of inboundKinds.filter((one: InboundKind) => one !== 'message')) {
    it(`rule 1: owes nothing for a ${kind}`, () => {
      assert.equal(
        decide(policyOf({}), { ...base, kind, moment: 'manual', hasProviderId: false }),
        undefined,
      );
    });
  }
});

describe('wantedMoment', () => {
  it('is read.when while the bot holds the conversation', () => {
    for (const when of moments) {
      assert.equal(wantedMoment(policyOf({ read: { when }, handoff: { read: 'never' } }), 'bot'), when);
    }
  });

  it('is handoff.read otherwise, where null keeps never and manual', () => {
    for (const holder of ['queue', 'agent'] as const) {
      for (const read of moments) {
        assert.equal(wantedMoment(policyOf({ handoff: { read } }), holder), read);
      }
      for (const when of moments) {
        const expected = when === 'never' || when === 'manual' ? when : 'agentOpened';
        assert.equal(wantedMoment(policyOf({ read: { when } }), holder), expected);
      }
    }
  });
});

describe('satisfies', () => {
  const releases: Record<Moment, Moment[]> = {
    accepted: ['accepted'],
    replying: ['accepted', 'replying'],
    agentAccepted: ['accepted', 'agentAccepted'],
    agentOpened: ['accepted', 'agentAccepted', 'agentOpened'],
    agentReplied: ['accepted', 'replying', 'agentAccepted', 'agentOpened', 'agentReplied'],
    manual: ['accepted', 'replying', 'agentAccepted', 'agentOpened', 'agentReplied', 'manual'],
    never: [],
  };
  for (const happened of moments) {
    it(`${happened} releases ${releases[happened].join(', ') || 'nothing'}`, () => {
      assert.deepEqual(
        moments.filter(wanted => satisfies(happened, wanted)),
        releases[happened],
      );
    });
  }
});

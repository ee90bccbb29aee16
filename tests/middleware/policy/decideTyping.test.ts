import assert from 'node:assert/strict';
import {
  decideTyping,
  type TypingDecision,
  type TypingSituation,
  typingPeriodOf,
} from '../../../middleware/policy/decideTyping.ts';
import { resolvePolicy } from '../../../middleware/policy/resolvePolicy.ts';
import type { PolicyDocument } from '../../../middleware/policy/schema.ts';
import { impliesRead, independent, neither } from './sampleChannels.ts';

const policyOf = (document: PolicyDocument) => resolvePolicy([{ source: 'test', document }]).policy;

describe('decideTyping', () => {
  const base: TypingSituation = { capabilities: impliesRead, holder: 'bot', receiptOpen: false, read: true };
  const hidden = (because: string) => ({ show: false, because });
  const cases: {
    name: string;
    document?: PolicyDocument;
    situation?: Partial<TypingSituation>;
    expected: TypingDecision;
  }[] = [
    { name: 'shows by default', expected: { show: true, because: 'typing.show is true' } },
    {
      name: "shows an agent's typing",
      document: { typing: { show: false } },
      situation: { holder: 'agent' },
      expected: { show: true, because: 'handoff.typing is true' },
    },
    {
      name: 'never shows in the queue',
      situation: { holder: 'queue' },
      expected: hidden('the conversation waits in the queue, where nobody is answering'),
    },
    {
      name: 'hides what the policy does not want',
      document: { typing: { show: false } },
      expected: hidden('typing.show is false'),
    },
    {
      name: "hides an agent's typing that the policy does not want",
      document: { handoff: { typing: false } },
      situation: { holder: 'agent' },
      expected: hidden('handoff.typing is false'),
    },
    {
      name: 'hides what may show for no time',
      document: { typing: { limitMs: 0 } },
      expected: hidden('typing.limitMs is 0'),
    },
    {
      name: 'knows a channel without typing',
      situation: { capabilities: neither },
      expected: hidden('the channel cannot show typing'),
    },
    {
      name: 'hides while a receipt is open',
      situation: { receiptOpen: true },
      expected: hidden('it would mark messages read on this channel, and a receipt is open'),
    },
    {
      name: 'hides for what is to stay unread',
      situation: { read: false },
      expected: hidden('it would mark messages read on this channel, and this one is to stay unread'),
    },
    {
      name: 'shows all the same where typing stands alone',
      situation: { capabilities: independent, receiptOpen: true, read: false },
      expected: { show: true, because: 'typing.show is true' },
    },
  ];
  for (const { name, document = {}, situation, expected } of cases) {
    it(name, () => assert.deepEqual(decideTyping(policyOf(document), { ...base, ...situation }), expected));
  }
});

describe('typingPeriodOf', () => {
  it("is the policy's, else the channel's, and never faster than the channel takes", () => {
    assert.equal(typingPeriodOf(policyOf({}), impliesRead), 24_000);
    assert.equal(typingPeriodOf(policyOf({ typing: { keepAliveMs: 21_000 } }), impliesRead), 21_000);
    assert.equal(typingPeriodOf(policyOf({ typing: { keepAliveMs: 5000 } }), impliesRead), 20_000);
    assert.equal(typingPeriodOf(policyOf({ typing: { keepAliveMs: 5000 } }), independent), 5000);
  });
});

import assert from 'node:assert/strict';
import { type ExplainInput, explainPolicy } from '../../../middleware/policy/explainPolicy.ts';
import { resolvePolicy } from '../../../middleware/policy/resolvePolicy.ts';
import type { PolicyDocument } from '../../../middleware/policy/schema.ts';
import { impliesRead, independent, neither, withTyping } from './sampleChannels.ts';

function explain(document: PolicyDocument, input: Partial<ExplainInput> = {}) {
  const { policy } = resolvePolicy([{ source: 'test', document }]);
  return explainPolicy({ policy, capabilities: impliesRead, text: '0123456789', ...input });
}

describe('explainPolicy', () => {
  const unreadTyping =
    'typing is suppressed: it would mark messages read on this channel, and this one is to stay unread';
  const openTyping =
    'typing is suppressed: it would mark messages read on this channel, and a receipt is open';

  const cases: {
    name: string;
    document?: PolicyDocument;
    input?: Partial<ExplainInput>;
    timeline: string[];
    notes?: string[];
  }[] = [
    {
      name: 'reads and answers at once by default',
      timeline: [
        '0 read: read.when is accepted',
        '0 typing: typing.show is true',
        '0 typingEnd: the reply goes out',
        '0 reply: nothing delays it',
      ],
    },
    {
      name: 'shows typing with the receipt while the dialog works',
      input: { dialogMs: 3000 },
      timeline: [
        '0 read: read.when is accepted',
        '0 typing: typing.show is true',
        '3000 typingEnd: the reply goes out',
        '3000 reply: the dialog works for 3000 ms',
      ],
    },
    {
      name: 'adds up thinking, the dialog, the receipt and pacing',
      document: {
        read: { delay: { minMs: 1000, perCharacterMs: 100, jitter: 0.5 } },
        think: { delay: { minMs: 300 } },
        reply: { delay: { perCharacterMs: 50, jitter: 1 } },
      },
      input: { dialogMs: 700, replyText: 'Hi, Ann' },
      timeline: [
        '2000 read: read.when is accepted, and read.delay makes it 2000 ms later',
        '2000 typing: typing.show is true',
        '2350 typingEnd: the reply goes out',
        '2350 reply: think.delay is 300 ms; the dialog works for 700 ms; the receipt is waited for, 1000 ms; reply.delay is 350 ms',
      ],
    },
    {
      name: 'reads when the reply is ready, and types while it is paced',
      document: { read: { when: 'replying', delay: { minMs: 200 } }, reply: { delay: { minMs: 400 } } },
      input: { dialogMs: 1000 },
      timeline: [
        '1200 read: read.when is replying, and read.delay makes it 200 ms later',
        '1200 typing: typing.show is true',
        '1600 typingEnd: the reply goes out',
        '1600 reply: the dialog works for 1000 ms; the receipt is waited for, 200 ms; reply.delay is 400 ms',
      ],
    },
    {
      name: 'has the reply ready when the turn says so, also where that moment is asked for',
      document: { read: { when: 'replying' } },
      input: { dialogMs: 1000, moment: 'replying' },
      timeline: ['1000 read: read.when is replying', '1000 reply: the dialog works for 1000 ms'],
      notes: ['typing is suppressed: the reply goes out when it would begin'],
    },
    {
      name: 'types from the start where typing stands alone',
      document: { read: { when: 'replying' } },
      input: { dialogMs: 1000, capabilities: independent },
      timeline: [
        '0 typing: typing.show is true',
        '1000 read: read.when is replying',
        '1000 typingEnd: the reply goes out',
        '1000 reply: the dialog works for 1000 ms',
      ],
    },
    {
      name: 'stops typing at its limit',
      document: { typing: { limitMs: 2000 } },
      input: { dialogMs: 5000 },
      timeline: [
        '0 read: read.when is accepted',
        '0 typing: typing.show is true',
        '2000 typingEnd: typing.limitMs is 2000 ms',
        '5000 reply: the dialog works for 5000 ms',
      ],
    },
    {
      name: "counts typing's limit from the beginning of the turn",
      document: { read: { delay: { minMs: 1500 } }, typing: { limitMs: 2000 } },
      input: { dialogMs: 5000 },
      timeline: [
        '1500 read: read.when is accepted, and read.delay makes it 1500 ms later',
        '1500 typing: typing.show is true',
        '2000 typingEnd: typing.limitMs is 2000 ms',
        '5000 reply: the dialog works for 5000 ms',
      ],
    },
    {
      name: 'shows no typing that would begin after its limit',
      document: { read: { delay: { minMs: 3000 } }, typing: { limitMs: 2000 } },
      input: { dialogMs: 5000 },
      timeline: [
        '3000 read: read.when is accepted, and read.delay makes it 3000 ms later',
        '5000 reply: the dialog works for 5000 ms',
      ],
      notes: ['typing is suppressed: typing.limitMs is 2000 ms, and has passed when it would begin'],
    },
    {
      name: 'holds, and delays nothing by it',
      document: { read: { when: 'manual' } },
      input: { dialogMs: 1000 },
      timeline: [
        '0 held: read.when is manual, which has not happened yet',
        '1000 reply: the dialog works for 1000 ms',
      ],
      notes: [openTyping],
    },
    {
      name: 'reads by hand',
      document: { read: { when: 'manual', delay: { minMs: 500 } } },
      input: { moment: 'manual', dialogMs: 1000 },
      timeline: [
        '0 read: asked for by hand',
        '0 typing: typing.show is true',
        '1000 typingEnd: the reply goes out',
        '1000 reply: the dialog works for 1000 ms',
      ],
    },
    {
      name: 'reads by hand before the delay is over',
      document: { read: { delay: { minMs: 500 } }, typing: { show: false } },
      input: { moment: 'manual' },
      timeline: ['0 read: asked for by hand', '0 reply: nothing delays it'],
      notes: ['typing is suppressed: typing.show is false'],
    },
    {
      name: 'says why there is no receipt',
      document: { read: { when: 'never' } },
      timeline: ['0 reply: nothing delays it'],
      notes: ['no receipt: read.when is never', unreadTyping],
    },
    {
      name: 'knows a channel that can do neither',
      input: { capabilities: neither },
      timeline: ['0 reply: nothing delays it'],
      notes: [
        'no receipt: the channel cannot mark messages read',
        'typing is suppressed: the channel cannot show typing',
      ],
    },
    {
      name: 'leaves out both where one would bring the other unasked',
      input: { capabilities: withTyping, dialogMs: 1000 },
      timeline: ['1000 reply: the dialog works for 1000 ms'],
      notes: [
        'no receipt: reading always shows typing on this channel: set read.acceptTypingWithRead to have both',
        unreadTyping,
      ],
    },
    {
      name: 'shows typing that comes with the receipt whether wanted or not',
      document: { read: { acceptTypingWithRead: true }, typing: { show: false } },
      input: { capabilities: withTyping, dialogMs: 30_000 },
      timeline: [
        '0 read: read.when is accepted',
        '0 typing: reading always shows typing on this channel',
        '24000 typingEnd: it ends by itself',
        '30000 reply: the dialog works for 30000 ms',
      ],
      notes: ['typing cannot be suppressed: reading always shows typing on this channel'],
    },
    {
      name: 'waits in the queue for an agent',
      input: { holder: 'queue', dialogMs: 1000 },
      timeline: ['0 held: handoff.read is null and stands for agentOpened, which has not happened yet'],
      notes: [
        'typing is suppressed: the conversation waits in the queue, where nobody is answering',
        'no reply: the holder is queue, so no turn of the bot runs',
      ],
    },
    {
      name: 'reads when an agent opens it',
      document: { read: { delay: { minMs: 500 } } },
      input: { holder: 'agent', moment: 'agentOpened' },
      timeline: [
        '500 read: handoff.read is null and stands for agentOpened, and read.delay makes it 500 ms later',
      ],
      notes: ['no reply: the holder is agent, so no turn of the bot runs'],
    },
    {
      name: "never has the bot's reply release a receipt that it does not write",
      document: { handoff: { read: 'replying', typing: false } },
      input: { holder: 'agent' },
      timeline: ['0 held: handoff.read is replying, which has not happened yet'],
      notes: [
        'typing is suppressed: handoff.typing is false',
        'no reply: the holder is agent, so no turn of the bot runs',
      ],
    },
    {
      name: 'knows what an agent shows where reading is typing',
      document: { read: { acceptTypingWithRead: true } },
      input: { holder: 'agent', moment: 'agentReplied', capabilities: withTyping },
      timeline: [
        '0 read: handoff.read is null and stands for agentOpened, which agentReplied implies',
        '0 typing: reading always shows typing on this channel',
        '24000 typingEnd: it ends by itself',
      ],
      notes: ['no reply: the holder is agent, so no turn of the bot runs'],
    },
    {
      name: 'tells of a keep-alive that the channel does not take',
      document: { typing: { keepAliveMs: 5000 } },
      input: { dialogMs: 1 },
      timeline: [
        '0 read: read.when is accepted',
        '0 typing: typing.show is true',
        '1 typingEnd: the reply goes out',
        '1 reply: the dialog works for 1 ms',
      ],
      notes: ['typing.keepAliveMs is 5000, but the channel takes it no faster than every 20000 ms'],
    },
    {
      name: 'says nothing of a keep-alive that the channel takes',
      document: { typing: { keepAliveMs: 21_000 } },
      input: { dialogMs: 1 },
      timeline: [
        '0 read: read.when is accepted',
        '0 typing: typing.show is true',
        '1 typingEnd: the reply goes out',
        '1 reply: the dialog works for 1 ms',
      ],
    },
  ];
  for (const { name, document = {}, input, timeline, notes = [] } of cases) {
    it(name, () => {
      const explained = explain(document, input);
      assert.deepEqual(
        explained.timeline.map(({ at, what, because }) => `${at} ${what}: ${because}`),
        timeline,
      );
      assert.deepEqual(explained.notes, notes);
    });
  }
});

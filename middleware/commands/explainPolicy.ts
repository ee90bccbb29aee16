import { z } from 'zod';
import { holders } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import { checkPolicy } from '../policy/checkPolicy.ts';
import { explainPolicy as explain, type TimelineEntry } from '../policy/explainPolicy.ts';
import { mergeDocuments } from '../policy/mergeDocuments.ts';
import { type CommandParts, defineCommand } from './command.ts';
import { targetFields, told } from './fields.ts';
import { findTarget, type TargetInput } from './findTarget.ts';
import { inFlatWords, policyFields, toDocument } from './policyFields.ts';
import { policyOutcome, viewPolicy } from './viewPolicy.ts';

const longestText = 65_536;

const at = (what: string, description: string, example: number) =>
  told(z.number().min(0).max(Number.MAX_SAFE_INTEGER).optional(), what, description, example);

/** What a customer would see after one message: a dry run. */
export const explainPolicy = defineCommand({
  name: 'ExplainPolicy',
  summary: 'Explain the receipt policy',
  description:
    'Tells, without doing anything, what a customer would see after one message and by which rule: when “read”, when typing, when the answer; and whether a hold would come in time. Name a conversation, or the channel alone for a new one. Settings that are given are tried out.',
  input: z.strictObject({
    ...targetFields,
    ...policyFields,
    text: told(
      z.string().max(longestText).optional(),
      'Text',
      'What the customer writes. Default nothing: delays by length are then the shortest.',
      'Where is my order?',
    ),
    reply: told(
      z.string().max(longestText).optional(),
      'Reply',
      'What the bot answers. Default nothing: its delay is then the shortest.',
      'It arrives tomorrow.',
    ),
    dialogMs: told(
      z.int().min(0).max(600_000).optional(),
      'Dialog time',
      'Milliseconds that the bot works on its answer. Default 0.',
      800,
    ),
    holder: told(
      z.enum(holders).optional(),
      'Holder',
      'Who has the conversation. Default: who has it now; the bot, where a channel alone is named.',
      'bot',
    ),
  }),
  output: z.object({
    ...policyOutcome,
    readAtMs: at(
      'Read at',
      'Milliseconds after the message at which “read” shows. Absent: the receipt is held, or none goes out.',
      0,
    ),
    readBecause: told(
      z.string(),
      'Read because',
      'The rule behind the receipt, for people.',
      'read.when is accepted',
    ),
    typingAtMs: at(
      'Typing at',
      'Milliseconds after the message at which typing shows. Absent: it does not.',
      500,
    ),
    typingEndsAtMs: at('Typing ends at', 'Milliseconds after the message at which typing ends.', 2300),
    replyAtMs: at(
      'Reply at',
      'Milliseconds after the message at which the answer goes out. Absent: the bot answers nothing.',
      2300,
    ),
    notes: told(
      z.string().optional(),
      'Notes',
      'What does not happen, or not as the policy says, with the reasons.',
      'typing is suppressed: typing.show is false',
    ),
  }),
  readOnly: true,
  errors: ['invalid_request', 'invalid_policy', 'unknown_message', 'unknown_conversation'],
  async run(parts, input) {
    const scope = await scopeOf(parts, input);
    const { text = '', reply = '', dialogMs = 0, holder = scope.holder } = input;
    const { capabilities } = channelOf(parts, scope.channel);
    const policy = await inFlatWords(() => {
      const document = toDocument(input);
      checkPolicy(document, capabilities);
      const { workstream } = scope;
      return parts.policies.resolve({
        channel: scope.channel,
        business: scope.business,
        ...(workstream !== undefined && { workstream }),
        conversation: mergeDocuments(scope.policy, document),
      }).policy;
    });
    const { timeline, notes } = explain({
      policy,
      capabilities,
      text,
      replyText: reply,
      dialogMs,
      holder,
    });
    return { ...viewPolicy(policy, holder), ...viewTimeline(timeline, notes) };
  },
});

/** The conversation that is asked about, or a new one of the channel's first business. */
async function scopeOf(parts: CommandParts, input: TargetInput) {
  const { channel, business, messageId, conversationId, customer } = input;
  const isNew = messageId === undefined && conversationId === undefined && customer === undefined;
  if (!isNew || channel === undefined) return (await findTarget(parts, input)).conversation;
  const { businesses } = channelOf(parts, channel);
  return {
    channel,
    business: business ?? businesses[0] ?? '',
    holder: 'bot' as const,
    workstream: undefined,
    policy: undefined,
  };
}

function channelOf({ channels }: CommandParts, name: string) {
  const channel = channels.find(each => each.name === name);
  if (channel !== undefined) return channel;
  const on = channels.map(each => each.name).join(', ');
  throw new BluetickError('invalid_request', `channel: got ${name}, which is off, allowed: ${on}`, {
    field: 'channel',
  });
}

function viewTimeline(timeline: readonly TimelineEntry[], notes: readonly string[]) {
  const first = (what: TimelineEntry['what']) => timeline.find(entry => entry.what === what);
  const [read, typing, typingEnd, reply] = [
    first('read'),
    first('typing'),
    first('typingEnd'),
    first('reply'),
  ];
  const because = (read ?? first('held'))?.because ?? notes.find(note => note.startsWith('no receipt'));
  return {
    readBecause: because ?? 'no receipt goes out',
    ...(read && { readAtMs: read.at }),
    ...(typing && { typingAtMs: typing.at }),
    ...(typingEnd && { typingEndsAtMs: typingEnd.at }),
    ...(reply && { replyAtMs: reply.at }),
    ...(notes.length > 0 && { notes: notes.join('; ') }),
  };
}

/**
 * What the host reads of others beside the channels' webhooks: bodies that it reads as they came, in one go.
 *
 * @module
 */
import { activitySchema } from '../../bot/routes/botFramework.ts';
import { messageRequest } from '../../bot/routes/messageRequest.ts';
import { readJsonBody } from '../../middleware/channels/readJsonBody.ts';
import { commands } from '../../middleware/commands/commands.ts';
import { withoutBlanks } from '../../middleware/commands/givenFields.ts';
import { readWorkItemUpdate } from '../../middleware/dynamics/workItemUpdate.ts';
import type { ErrorCode } from '../../middleware/errors.ts';
import { invalidRequest } from '../../middleware/invalidRequest.ts';
import { checkPolicy } from '../../middleware/policy/checkPolicy.ts';
import { defaultPolicy } from '../../middleware/policy/defaultPolicy.ts';
import { parsePolicyDocument } from '../../middleware/policy/schema.ts';
import { defaultReaders } from '../../middleware/turn/readMessage.ts';
import type { ActivityLike } from '../../middleware/turn/structuralTypes.ts';
import { isTopicEvent, readTopicEvent } from '../../middleware/turn/topicEvents.ts';
import { inConversation, workItemBody } from '../support/dataverse.ts';
import { relayedMessage } from '../support/relayedMessage.ts';

/** One kind of body. */
export interface Reading {
  readonly title: string;
  /** What is sent where all is well. */
  readonly bodies: readonly object[];
  /** The codes by which one may be refused. Default `invalid_request`. */
  readonly refusals?: readonly ErrorCode[];
  read(body: Buffer): void;
}

const write = { workItem: '11111111-1111-1111-1111-111111111111', at: 1_700_000_000_000 };

const dynamics: Reading = {
  title: 'what Dynamics 365 tells',
  bodies: [
    workItemBody({ ...write, target: inConversation, before: inConversation, after: inConversation }),
    [workItemBody({ ...write, target: { statuscode: 1, title: 'words' } })],
  ],
  read(body) {
    const value = readJsonBody(body);
    for (const each of Array.isArray(value) ? value : [value]) readWorkItemUpdate(each);
  },
};

const serviceUrl = 'https://smba.trafficmanager.net/teams/';

const activities: Reading = {
  title: 'activities of the Bot Framework',
  bodies: [
    relayedMessage('wamid.one', serviceUrl),
    {
      ...relayedMessage('two', serviceUrl),
      type: 'event',
      name: 'bluetick.setPolicy',
      value: { readWhen: 'manual' },
    },
    {
      type: 'conversationUpdate',
      conversation: { id: 'c' },
      deliveryMode: 'expectReplies',
      membersAdded: [{ id: 'a' }],
    },
  ],
  read(body) {
    const activity = readBy(activitySchema, body) as ActivityLike;
    for (const reader of defaultReaders) reader(activity);
    if (isTopicEvent(activity)) readTopicEvent(activity);
  },
};

const messages: Reading = {
  title: 'the API: messages',
  bodies: [
    { text: 'Your bicycle is ready.', escalate: { unless: 'read', afterMs: 1000, via: [{ type: 'sms' }] } },
    { template: { name: 'ready', language: 'en', body: [{ type: 'text', text: 'Anna' }] } },
    { media: { url: 'https://files.example.com/bill.pdf', caption: 'Your bill', fileName: 'bill.pdf' } },
  ],
  read: body => void readBy(messageRequest, body),
};

const policies: Reading = {
  title: 'the API: policies',
  bodies: [
    defaultPolicy,
    { read: { when: 'manual', delay: { minMs: 5, maxMs: 9 } }, handoff: { read: 'agentOpened' } },
  ],
  refusals: ['invalid_request', 'invalid_policy'],
  read: body => checkPolicy(parsePolicyDocument(readJsonBody(body)), undefined),
};

/** What a maker may fill in; each command takes what it knows. */
const fields = {
  conversationId: 'c_kX3vTq9aPz0LmN2b',
  messageId: 'wamid.one',
  customer: '+4915550001111',
  channel: 'simulator',
  includeHeld: true,
  text: 'Is it ready?',
  readWhen: 'replying',
  event: 'opened',
  agent: 'Ada',
};

const calls: Reading = {
  title: 'the API and MCP: commands',
  bodies: commands.map(({ name, input }) => ({
    command: name,
    given: Object.fromEntries(Object.entries(fields).filter(([field]) => field in input.shape)),
  })),
  read(body) {
    const { command, given } = Object(readJsonBody(body));
    for (const { name, input } of commands) {
      if (name !== command) continue;
      const read = input.safeParse(withoutBlanks(given));
      if (!read.success) throw invalidRequest(read.error);
    }
  },
};

/** All of them. Dynamics 365 proves itself by a key; the others are let in by a role or a token, and then still not trusted. */
export const readings: readonly Reading[] = [dynamics, activities, messages, policies, calls];

/** As `readJson` reads what a route got. */
function readBy(
  schema: Pick<typeof messageRequest | typeof activitySchema, 'safeParse'>,
  body: Buffer,
): unknown {
  const read = schema.safeParse(readJsonBody(body));
  if (!read.success) throw invalidRequest(read.error);
  return read.data;
}

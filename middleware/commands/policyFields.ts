/**
 * The settings of a policy that makers change, each a field of its own, and the document that they make together.
 *
 * @module
 */
import { z } from 'zod';
import { moments } from '../domain.ts';
import { BluetickError, isBluetickError } from '../errors.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { parsePolicyDocument, policyLimits } from '../policy/schema.ts';
import { told } from './fields.ts';

const milliseconds = (most: number) => z.int().min(0).max(most).optional();
const { readDelayMs, pauseMs, perCharacterMs } = policyLimits;

/** The fields: what is absent stays as the wider policies have it. */
export const policyFields = {
  readWhen: told(
    z.enum(moments).optional(),
    'Read when',
    'The moment at which the customer sees “read” while the bot has the conversation: accepted (at once), replying (with the bot’s answer), agentAccepted, agentOpened, agentReplied (what a person did), manual (only MarkRead), never.',
    'manual',
  ),
  readDelayMs: told(
    milliseconds(readDelayMs),
    'Read delay',
    'Milliseconds from that moment to the receipt.',
    2000,
  ),
  readEachMessage: told(
    z.boolean().optional(),
    'Read each message',
    'Whether each message of several gets a receipt of its own, where one would cover them all.',
    false,
  ),
  acceptTypingWithRead: told(
    z.boolean().optional(),
    'Accept typing with read',
    'Twilio only: whether receipts may go out although reading always shows typing there.',
    true,
  ),
  showTyping: told(z.boolean().optional(), 'Show typing', 'Whether typing shows while the bot works.', true),
  thinkDelayMs: told(
    milliseconds(pauseMs),
    'Think delay',
    'Milliseconds before the bot begins to work on a message.',
    1000,
  ),
  replyDelayMs: told(
    milliseconds(pauseMs),
    'Reply delay',
    'The least milliseconds before a finished answer goes out.',
    1500,
  ),
  replyPerCharacterMs: told(
    z.number().min(0).max(perCharacterMs).optional(),
    'Reply delay per character',
    'Milliseconds that each character of the answer adds to its delay, as if somebody typed it.',
    30,
  ),
  replyMaxDelayMs: told(
    milliseconds(pauseMs),
    'Longest reply delay',
    'The most milliseconds before a finished answer goes out.',
    6000,
  ),
  handoffRead: told(
    z.enum(moments).optional(),
    'Read after hand-off',
    'The moment at which the customer sees “read” while the queue or an agent has the conversation.',
    'agentOpened',
  ),
};

/** The settings that makers gave. */
export type PolicyInput = z.output<z.ZodObject<typeof policyFields>>;

/** Where each field stands in a document. */
const paths: Readonly<Record<keyof typeof policyFields, string>> = {
  readWhen: 'read.when',
  readDelayMs: 'read.delay.minMs',
  readEachMessage: 'read.eachMessage',
  acceptTypingWithRead: 'read.acceptTypingWithRead',
  showTyping: 'typing.show',
  thinkDelayMs: 'think.delay.minMs',
  replyDelayMs: 'reply.delay.minMs',
  replyPerCharacterMs: 'reply.delay.perCharacterMs',
  replyMaxDelayMs: 'reply.delay.maxMs',
  handoffRead: 'handoff.read',
};

const flatNames = new Map(Object.entries(paths).map(([name, path]) => [path, name]));

/** The document that the fields make. */
export function toDocument(input: PolicyInput): PolicyDocument {
  const document: Record<string, unknown> = {};
  for (const [path, name] of flatNames) {
    const value = input[name as keyof PolicyInput];
    if (value !== undefined) put(document, path.split('.'), value);
  }
  return parsePolicyDocument(document);
}

function put(into: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  into[name] ??= {};
  put(into[name] as Record<string, unknown>, rest, value);
}

/**
 * Runs what may refuse a document.
 *
 * @throws BluetickError `invalid_policy` that names the maker's fields, not the document's
 */
export async function inFlatWords<T>(act: () => Promise<T> | T): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isBluetickError(error) || error.code !== 'invalid_policy') throw error;
    const field = error.field && flatWords(error.field);
    throw new BluetickError('invalid_policy', flatWords(error.message), {
      ...(field !== undefined && { field }),
      cause: error,
    });
  }
}

function flatWords(text: string): string {
  return [...flatNames].reduce((told, [path, name]) => told.replaceAll(path, name), text);
}

import { z } from 'zod';
import { channelNames, moments } from '../domain.ts';
import { invalidDocument } from './invalidPolicy.ts';
import type { PolicyBookDocument, PolicyDocument } from './policy.ts';
import { byId, milliseconds, millisecondsOrNull, section, text } from './schemaParts.ts';

export type { Delay, Policy, PolicyBookDocument, PolicyDocument, WorkstreamDocument } from './policy.ts';

/**
 * The largest values that a document may hold. They catch slips (seconds for milliseconds, a zero too many)
 * before a customer waits for them.
 *
 * - `readDelayMs`, 7 days: a receipt may wait long, since it waits in the store; Meta asks for it within 30
 *   days, and WAHA's documentation names 7 days as the age up to which it marks messages.
 * - `pauseMs`, 1 minute: thinking and pacing hold up the conversation's turn, and what waits longer than a minute
 *   belongs in the store; a longer wait is not pacing either.
 * - `perCharacterMs`, one second: slower than anybody reads or types.
 * - `keepAliveMs`, one minute: WhatsApp lets typing go after 25 seconds, so a longer period only makes it blink.
 * - `typingMs`, 10 minutes, as long as the longest pause.
 * - `takeBackMs`, 7 days, like `readDelayMs`: it waits in the store too.
 * - `barrierMs`, one minute: longer than any provider's call is left to run.
 */
export const policyLimits = {
  readDelayMs: 7 * 24 * 60 * 60 * 1000,
  pauseMs: 60 * 1000,
  perCharacterMs: 1000,
  keepAliveMs: 60 * 1000,
  typingMs: 10 * 60 * 1000,
  takeBackMs: 7 * 24 * 60 * 60 * 1000,
  barrierMs: 60 * 1000,
} as const;

/** The smallest `keepAliveMs`, so that no channel is ever called in a loop; most channels ask for far more. */
const leastKeepAliveMs = 100;

/** The smallest `takeBackAfterMs`: no agent accepts within a second, so less only undoes the hand-off. */
const leastTakeBackMs = 1000;

const flag = z.boolean({ error: 'true or false' });
const allowedMoments = moments.map(moment => `"${moment}"`).join(', ');

function delay(mostMs: number) {
  const most = policyLimits.perCharacterMs;
  return section({
    minMs: milliseconds(mostMs).optional(),
    maxMs: millisecondsOrNull(mostMs).optional(),
    perCharacterMs: z
      .number({ error: `a number from 0 to ${most}` })
      .min(0)
      .max(most)
      .optional(),
    jitter: z.number({ error: 'a number from 0 to 1' }).min(0).max(1).optional(),
  }).optional();
}

// The bounds are wide: what a template may hold in truth, its provider knows. The address is fetched by the
// provider, never by us.
const templateParameter = z.discriminatedUnion(
  'type',
  [
    section({ type: z.literal('text'), text: text(4096) }),
    section({
      type: z.enum(['image', 'document', 'video']),
      url: z
        .string({ error: 'an http or https address of up to 2048 characters' })
        .max(2048)
        .regex(/^https?:\/\/\S+$/),
      fileName: text(240).optional(),
    }),
  ],
  { error: 'a parameter of the type "text", "image", "document" or "video"' },
);

const templateParameters = z.array(templateParameter, { error: 'up to 100 parameters' }).max(100);

const template = section(
  {
    name: text(512),
    language: text(20),
    header: templateParameters.optional(),
    body: templateParameters.optional(),
  },
  ', or null',
).nullable();

/**
 * The schema of a document. Every field may be left out, unknown fields are errors, and there are no defaults:
 * what is absent has to come from the next link of the chain. The meaning of each field is told at `Policy`.
 */
export const policyDocument: z.ZodType<PolicyDocument> = section({
  read: section({
    when: z.enum(moments, { error: allowedMoments }).optional(),
    delay: delay(policyLimits.readDelayMs),
    eachMessage: flag.optional(),
    acceptTypingWithRead: flag.optional(),
  }).optional(),
  typing: section({
    show: flag.optional(),
    keepAliveMs: millisecondsOrNull(policyLimits.keepAliveMs, leastKeepAliveMs).optional(),
    limitMs: milliseconds(policyLimits.typingMs).optional(),
  }).optional(),
  think: section({ delay: delay(policyLimits.pauseMs) }).optional(),
  reply: section({
    delay: delay(policyLimits.pauseMs),
    receiptBarrierMs: milliseconds(policyLimits.barrierMs).optional(),
  }).optional(),
  handoff: section({
    read: z
      .enum(moments, { error: `${allowedMoments}, null` })
      .nullable()
      .optional(),
    typing: flag.optional(),
    repliedByStatus: flag.optional(),
    takeBackAfterMs: millisecondsOrNull(policyLimits.takeBackMs, leastTakeBackMs).optional(),
  }).optional(),
  window: section({ fallbackTemplate: template.optional() }).optional(),
});

const ids = z.array(text(200), { error: 'up to 1000 ids' }).max(1000).optional();
const document = policyDocument.optional();

/** The schema of the policy file: {@link policyDocument}s by scope. Strict as well. */
export const policyBookDocument: z.ZodType<PolicyBookDocument> = section({
  default: document,
  channels: section(Object.fromEntries(channelNames.map(name => [name, document]))).optional(),
  businesses: byId(policyDocument).optional(),
  workstreams: byId(
    section({ match: section({ businesses: ids, d365: ids }).optional(), policy: policyDocument }),
  ).optional(),
});

/**
 * Reads a policy as an administrator wrote it.
 *
 * @param path where the document stands, such as `default`; the fields in messages begin with it. Default none.
 * @throws BluetickError `invalid_policy`, naming each field at fault, what was got and what is allowed.
 */
export function parsePolicyDocument(input: unknown, path = ''): PolicyDocument {
  return parse(policyDocument, input, path);
}

/**
 * Reads the policy file. Whether its policies are possible on the channels is checked by `createPolicyBook`.
 *
 * @throws BluetickError `invalid_policy`, as {@link parsePolicyDocument} does.
 */
export function parsePolicyBook(input: unknown): PolicyBookDocument {
  return parse(policyBookDocument, input, '');
}

function parse<Output>(schema: z.ZodType<Output>, input: unknown, path: string): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidDocument(result.error.issues, input, path);
}

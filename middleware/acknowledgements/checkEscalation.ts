import { z } from 'zod';
import type { OutboundContent } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { EscalationRule, EscalationWay } from '../escalation.ts';
import { contentText, isPhoneNumber } from './contentText.ts';

/**
 * The bounds of a rule.
 *
 * - `leastAfterMs`, one second: an earlier escalation would overtake every tick.
 * - `mostAfterMs`, 7 days: as long as Meta delivers a webhook again, so that a tick can still be on its way.
 * - `mostWays`, 5: each gets its share of the time that one worker has for all.
 * - `mostText`, 4096 characters: as long as a message; a way cuts what is longer than its provider takes.
 */
export const escalationLimits = {
  leastAfterMs: 1000,
  mostAfterMs: 7 * 24 * 60 * 60 * 1000,
  mostWays: 5,
  mostText: 4096,
} as const;

const number = z
  .string({
    error: 'allowed: a phone number with the country’s code, 5 to 15 digits, with or without a plus',
  })
  .regex(/^\+?[1-9]\d{4,14}$/)
  .optional();
const text = z
  .string({ error: `allowed: a text of 1 to ${escalationLimits.mostText} characters` })
  .trim()
  .min(1)
  .max(escalationLimits.mostText)
  .optional();

const way = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('sms'), to: number, text }),
    z.strictObject({
      type: z.literal('voice'),
      to: number,
      text,
      language: z
        .string({ error: 'allowed: a language tag such as de-DE' })
        .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
        .optional(),
    }),
    z.strictObject({
      type: z.literal('hook'),
      url: z.string({ error: 'allowed: an address of up to 2048 characters' }).min(1).max(2048),
    }),
  ],
  { error: 'allowed: a way of the type "sms", "voice" or "hook"' },
);

/** The schema of a rule as it is sent: unknown fields are errors. What each field means is told at `EscalationRule`. */
export const escalationRule: z.ZodType<EscalationRule> = z.strictObject(
  {
    unless: z.enum(['delivered', 'read'], { error: 'allowed: "delivered", "read"' }),
    afterMs: z
      .int({
        error: `allowed: a whole number of milliseconds from ${escalationLimits.leastAfterMs} to ${escalationLimits.mostAfterMs}`,
      })
      .min(escalationLimits.leastAfterMs)
      .max(escalationLimits.mostAfterMs),
    via: z
      .array(way, { error: `allowed: 1 to ${escalationLimits.mostWays} ways` })
      .min(1)
      .max(escalationLimits.mostWays),
  },
  {
    error: issue =>
      issue.code === 'unrecognized_keys' ? undefined : 'allowed: an object of unless, afterMs, via',
  },
);

/** What a rule is checked against. */
export interface EscalationCheck {
  /** What the message holds. */
  readonly content: OutboundContent;
  /** The customer's end of the conversation. */
  readonly customer: string;
  /** The ways that are configured. */
  readonly ways: readonly EscalationWay['type'][];
  /** Whether an address is on the allow-list of web hooks. */
  readonly allowsHook: (url: string) => boolean;
}

/**
 * Reads a rule as somebody sent it, and refuses what could only fail when its time comes.
 *
 * @param rule as it came
 * @throws BluetickError `invalid_request`, with the field's path from `escalate` on. What was got is not repeated: it can
 *   be a number, a text, or an address with a secret in it.
 */
export function checkEscalation(
  rule: unknown,
  { content, customer, ways, allowsHook }: EscalationCheck,
): EscalationRule {
  const read = escalationRule.safeParse(rule);
  if (!read.success) throw refusalOf(read.error);
  read.data.via.forEach((each, place) => {
    const field = `escalate.via.${place}`;
    if (!ways.includes(each.type)) {
      const configured = ways.length === 0 ? 'none: no way is configured' : ways.join(', ');
      throw refusal(`${field}.type`, `got "${each.type}", allowed: ${configured}`);
    }
    if (each.type === 'hook') {
      if (!allowsHook(each.url))
        throw refusal(`${field}.url`, 'got another address, allowed: those of the allow-list of web hooks');
      return;
    }
    if (each.text === undefined && (contentText(content) ?? '').trim() === '')
      throw refusal(`${field}.text`, 'got nothing, allowed: a text, as the message has none of its own');
    if (each.to === undefined && !isPhoneNumber(customer))
      throw refusal(`${field}.to`, 'got nothing, allowed: a phone number, as the customer’s is not known');
  });
  return read.data;
}

function refusalOf({ issues: [issue] }: z.ZodError): BluetickError {
  const path = ['escalate', ...(issue?.path ?? [])];
  if (issue?.code === 'unrecognized_keys')
    return refusal([...path, issue.keys[0]].join('.'), 'unknown field');
  return refusal(path.join('.'), String(issue?.message));
}

function refusal(field: string, why: string): BluetickError {
  return new BluetickError('invalid_request', `${field}: ${why}`, { field });
}

import { z } from 'zod';
import { BluetickError } from '../../middleware/errors.ts';

/** Blank counts as not set: that is how a container's environment unsets a name. */
export const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess(value => (typeof value === 'string' ? value.trim() || undefined : value), type.optional());

/** Any text. */
export const text = optional(z.string());

/** An address by http or https. */
export const url = optional(z.url({ protocol: /^https?$/ }));

/**
 * A whole number.
 *
 * @param of what it counts, for the message. Default: a number
 */
export const wholeNumber = (least: number, most: number, of = 'a number') => {
  const allowed = `allowed: ${of} from ${least} to ${most}`;
  return optional(
    z
      .string()
      .regex(/^\d{1,9}$/, allowed)
      .transform(Number)
      .refine(value => value >= least && value <= most, allowed),
  );
};

/** Comma-separated, for settings that may hold several values. */
export const list = optional(
  z
    .string()
    .transform(value => value.split(',').map(part => part.trim()))
    .transform(parts => parts.filter(part => part !== ''))
    .transform(parts => (parts.length === 0 ? undefined : parts)),
);

/** A start that is refused: `field` is the setting at fault. The message names it, and never shows its value. */
export function misconfigured(field: string, message: string, cause?: unknown): BluetickError {
  return new BluetickError('invalid_configuration', message, { field, cause });
}

/** Whether none of a channel's settings is there: the channel is off. */
export function isOff(settings: z.ZodObject, set: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(settings.shape).every(name => set[name] === undefined);
}

/**
 * A channel of which some settings are there and some are not.
 *
 * @param missing each setting, or choice of settings, that is needed too; the first word of the first is the field at
 *   fault
 */
export function halfSet(channel: string, missing: readonly string[]): BluetickError {
  const [field = ''] = missing[0]?.split(' ') ?? [];
  return misconfigured(field, `The channel ${channel} is half set. Missing: ${missing.join(', ')}.`);
}

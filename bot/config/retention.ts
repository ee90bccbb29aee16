import { z } from 'zod';
import { optional } from './fields.ts';

const allowed = 'allowed: a number from 1 to 3650';

/** The setting as the environment has it. */
export const retentionSettings = z.object({
  BLUETICK_RETENTION_DAYS: optional(
    z
      .string()
      .regex(/^\d{1,4}$/, allowed)
      .transform(Number)
      .refine(days => days >= 1 && days <= 3650, allowed),
  ),
});

/** How many days contents are kept; `undefined`: until somebody has them erased. */
export function readRetention(set: z.output<typeof retentionSettings>): number | undefined {
  return set.BLUETICK_RETENTION_DAYS;
}

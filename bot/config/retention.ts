import { z } from 'zod';
import { wholeNumber } from './fields.ts';

/** The setting as the environment has it. */
export const retentionSettings = z.object({
  BLUETICK_RETENTION_DAYS: wholeNumber(1, 3650),
});

/** How many days contents are kept; `undefined`: until somebody has them erased. */
export function readRetention(set: z.output<typeof retentionSettings>): number | undefined {
  return set.BLUETICK_RETENTION_DAYS;
}

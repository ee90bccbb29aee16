import { z } from 'zod';

const word = z.string().min(1).max(64);

/**
 * What becomes of the statuses of a message that the business sends. Its parts go together: `{ "order": "reversed",
 * "copies": 2 }` reports `read` twice, then `delivered` twice, then `sent` twice.
 */
export const statusPlanSchema = z.strictObject({
  /** How many messages it is for, counted from the next one. */
  times: z.union([z.int().positive(), z.literal('all')]).default(1),
  /**
   * `reversed`, `shuffled`: held until the message is read or has failed, or faults are cleared, then last first, or in an
   * order that `seed` decides. Default: as they happen.
   */
  order: z.enum(['happened', 'reversed', 'shuffled']).default('happened'),
  seed: z.int().default(1),
  /** How many times each one is delivered. Default once. */
  copies: z.int().min(1).max(100).default(1),
  /** How long each one is on its way, in milliseconds. Default 0; others overtake it. */
  lateMs: z.int().nonnegative().default(0),
  /** The words that are never reported, or `all`. Without `read` the reader is silent. Default none. */
  without: z.union([z.array(word), z.literal('all')]).default([]),
  /** What is reported beside `sent`: words that nobody documents. Default nothing. */
  also: z.array(word).default([]),
  /** Whether our `biz_opaque_callback_data` is echoed. Default true. */
  correlation: z.boolean().default(true),
  /** Whether what happens at once is reported, and taken, before the call that sends is answered. Default false. */
  early: z.boolean().default(false),
  /**
   * Its delivery fails: at once, after `sent`, or, though it arrived, after `delivered`. Default: it does not. `details`
   * stand for Meta's own wording.
   */
  fails: z
    .strictObject({
      code: z.int(),
      details: z.string().optional(),
      after: z.enum(['accepted', 'sent', 'delivered']).default('accepted'),
    })
    .optional(),
});

/** A plan, as it is asked for. */
export type StatusPlanRequest = z.input<typeof statusPlanSchema>;
/** A plan, for one message. */
export type StatusPlan = Omit<z.output<typeof statusPlanSchema>, 'times'>;

/** What happens to a message that nobody has a plan for. */
export const asItHappens: StatusPlan = statusPlanSchema.parse({});

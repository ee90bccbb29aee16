import { z } from 'zod';
import { asItHappens, type StatusPlan, type StatusPlanRequest, statusPlanSchema } from './statusPlan.ts';

const times = z.union([z.int().positive(), z.literal('all')]).default(1);

/** A fault of the API's side: which calls it strikes, how many of them, and how. */
export const callFaultSchema = z.strictObject({
  kind: z.enum(['read', 'typing', 'send', 'media', 'any']).default('any'),
  times,
  how: z.discriminatedUnion('type', [
    /** HTTP 429 with `Retry-After`. Which HTTP status goes with which code is not documented any more. */
    z.strictObject({
      type: z.literal('rate'),
      retryAfterSeconds: z.int().nonnegative().optional(),
      code: z.int().default(130429),
    }),
    /** A bare HTTP status without Meta's error body, as a gateway answers it. */
    z.strictObject({ type: z.literal('status'), status: z.int().min(300).max(599) }),
    /** One of Meta's codes. */
    z.strictObject({
      type: z.literal('code'),
      code: z.int(),
      status: z.int().min(400).max(599).default(400),
    }),
    /** No answer. `acted`: the call had its effect all the same. */
    z.strictObject({ type: z.literal('hang'), acted: z.boolean().default(false) }),
    /** The connection breaks. `acted` as above. */
    z.strictObject({ type: z.literal('drop'), acted: z.boolean().default(false) }),
    /** The answer comes late. */
    z.strictObject({ type: z.literal('slow'), ms: z.int().nonnegative() }),
  ]),
});

/** A fault on the way of webhooks. */
export const webhookFaultSchema = z.strictObject({
  about: z.enum(['messages', 'statuses', 'any']).default('any'),
  times,
  how: z.discriminatedUnion('type', [
    /** Lost for good. */
    z.strictObject({ type: z.literal('drop') }),
    /** Delivered so many times more, although it was accepted. */
    z.strictObject({ type: z.literal('repeat'), more: z.int().positive() }),
    /** Delivered later; others overtake it. */
    z.strictObject({ type: z.literal('late'), ms: z.int().nonnegative() }),
    /** Collected until there are `count`, then delivered last first. Give it `times: count` or more. */
    z.strictObject({ type: z.literal('reverse'), count: z.int().min(2) }),
  ]),
});

/** A fault of the API's side, as it is asked for. */
export type CallFault = z.input<typeof callFaultSchema>;
/** A fault on the way of webhooks, as it is asked for. */
export type WebhookFault = z.input<typeof webhookFaultSchema>;
/** What kind of call was made. `typing` is a mark-read call that shows typing. */
export type CallKind = 'read' | 'typing' | 'send' | 'media';
/** How a call is struck. */
export type CallHow = z.output<typeof callFaultSchema>['how'];
/** How a webhook is struck. */
export type WebhookHow = z.output<typeof webhookFaultSchema>['how'];

/** The faults that were asked for. Of several that fit, the one that was asked for first is used up first. */
export class Faults {
  #calls: z.output<typeof callFaultSchema>[] = [];
  #webhooks: z.output<typeof webhookFaultSchema>[] = [];
  #statuses: z.output<typeof statusPlanSchema>[] = [];
  readonly #onClear = new Set<() => void>();

  /** Strikes the next calls. */
  calls(fault: CallFault): void {
    this.#calls.push(callFaultSchema.parse(fault));
  }

  /** Strikes the next webhooks. */
  webhooks(fault: WebhookFault): void {
    this.#webhooks.push(webhookFaultSchema.parse(fault));
  }

  /** Has a plan for the statuses of the next messages of the business. */
  statuses(plan: StatusPlanRequest): void {
    this.#statuses.push(statusPlanSchema.parse(plan));
  }

  /** Takes back every fault; webhooks and statuses that were held to be reversed go out as they are. */
  clear(): void {
    this.#calls = [];
    this.#webhooks = [];
    this.#statuses = [];
    for (const task of this.#onClear) task();
  }

  /** Calls `task` at every {@link Faults.clear}. */
  onClear(task: () => void): void {
    this.#onClear.add(task);
  }

  /** The fault that strikes this call, if any; used up by it. */
  takeCall(kind: CallKind): CallHow | undefined {
    const fault = this.#calls.find(({ kind: wanted }) => wanted === 'any' || wanted === kind);
    if (fault !== undefined && useUp(fault)) this.#calls = this.#calls.filter(other => other !== fault);
    return fault?.how;
  }

  /** The fault that strikes this webhook, if any; used up by it. */
  takeWebhook(about: 'messages' | 'statuses'): WebhookHow | undefined {
    const fault = this.#webhooks.find(({ about: wanted }) => wanted === 'any' || wanted === about);
    if (fault !== undefined && useUp(fault)) this.#webhooks = this.#webhooks.filter(other => other !== fault);
    return fault?.how;
  }

  /** The plan for the statuses of this message; used up by it. */
  takeStatuses(): StatusPlan {
    const [plan] = this.#statuses;
    if (plan === undefined) return asItHappens;
    if (useUp(plan)) this.#statuses.shift();
    return plan;
  }
}

/** Counts a fault down; answers whether it was the last time. */
function useUp(fault: { times: number | 'all' }): boolean {
  if (fault.times === 'all') return false;
  fault.times--;
  return fault.times === 0;
}

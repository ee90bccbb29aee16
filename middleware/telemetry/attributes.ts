/**
 * The names of everything that a metric or a span says beside its figures, by OpenTelemetry's semantic conventions for
 * messaging where these have a word (https://opentelemetry.io/docs/specs/semconv/messaging/), else under `bluetick.`.
 *
 * None of them ever holds a phone number, a text or a provider's id. That is why `messaging.message.id` and
 * `messaging.destination.name` are not here: the first is the provider's id, the second would be the business number.
 */
export const attribute = {
  /** The channel: `meta`, `acs`, … */
  system: 'messaging.system',
  /** What was done: see `operations` in `tracing.ts`; `typing` in metrics. */
  operation: 'messaging.operation.name',
  /** The same in the words of the conventions: `receive`, `process`, `settle`, `send`. */
  operationType: 'messaging.operation.type',
  /** Our opaque id of the conversation. */
  conversation: 'messaging.message.conversation_id',
  /** How many messages one receipt marks read. */
  batch: 'messaging.batch.message_count',
  /** Why it failed: see {@link errorTypeOf}. Absent where it did not. */
  error: 'error.type',
  /** Our opaque id of the message. */
  message: 'bluetick.message',
  /** Our opaque id of a message to the customer. */
  outbound: 'bluetick.outbound',
  /** What became of it: the words of each metric stand in its description. */
  outcome: 'bluetick.outcome',
  /** What an inbound item is: `message`, `reaction`, … */
  kind: 'bluetick.kind',
  /** Which try it is, from 1. */
  attempt: 'bluetick.attempt',
  /** Whether the call that marks read shows typing too. */
  typing: 'bluetick.typing',
} as const;

/** See {@link attribute}. */
export type AttributeName = (typeof attribute)[keyof typeof attribute];

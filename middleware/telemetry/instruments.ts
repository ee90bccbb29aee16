import { type AttributeName, attribute } from './attributes.ts';

/** A metric: what it counts, and what it is told apart by. */
export interface Instrument {
  /** As OpenTelemetry has it. Prometheus' name follows from it. */
  readonly name: string;
  /** `counter` only grows, `histogram` holds durations, `gauge` is how it is now. */
  readonly kind: 'counter' | 'histogram' | 'gauge';
  /** By UCUM; in braces what is counted. */
  readonly unit: string;
  readonly description: string;
  /** What it is told apart by, in the order in which values are given. Each has few values, all of them words of ours. */
  readonly attributes: readonly AttributeName[];
  /** Of a histogram: the upper limits of its buckets, in its unit. */
  readonly buckets?: readonly number[];
}

/** Those of the conventions for `messaging.client.operation.duration`, in seconds. */
const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** What customers wait is up to the policy: from at once to a day, in seconds. */
const waitBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400];

const { system, operation, error, outcome } = attribute;

/** Everything that is measured. `docs/telemetry.md` explains it, and a test compares the two. */
export const instruments = {
  received: {
    name: 'messaging.client.consumed.messages',
    kind: 'counter',
    unit: '{message}',
    description: 'What customers sent, by what came of it: admitted, duplicate, foreign, rejected',
    attributes: [system, operation, outcome],
  },
  receipts: {
    name: 'bluetick.receipts',
    kind: 'counter',
    unit: '{receipt}',
    description: 'Receipts that ended: sent, covered, skipped, unsupported, failed, expired',
    attributes: [system, outcome],
  },
  timeToBlue: {
    name: 'bluetick.time_to_blue',
    kind: 'histogram',
    unit: 's',
    description: 'From the admission of a message to its receipt',
    attributes: [system],
    buckets: waitBuckets,
  },
  timeToReply: {
    name: 'bluetick.time_to_reply',
    kind: 'histogram',
    unit: 's',
    description: 'From the first message that waits to the first answer that the provider takes',
    attributes: [system],
    buckets: waitBuckets,
  },
  timeToDeliver: {
    name: 'bluetick.time_to_deliver',
    kind: 'histogram',
    unit: 's',
    description: 'Messages of ours, from sent to delivered, by the provider’s times',
    attributes: [system],
    buckets: waitBuckets,
  },
  calls: {
    name: 'messaging.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Calls to providers: markRead, send, typing. Those that failed say why',
    attributes: [system, operation, error],
    buckets: callBuckets,
  },
  callsNotMade: {
    name: 'bluetick.calls.not_made',
    kind: 'counter',
    unit: '{call}',
    description: 'Calls that could not be made now, such as while a breaker is open or a number is paused',
    attributes: [system, operation, error],
  },
  turns: {
    name: 'messaging.process.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Turns of the bot, by how they ended: done, retry, dead',
    attributes: [system, operation, outcome],
    buckets: callBuckets,
  },
  sent: {
    name: 'messaging.client.sent.messages',
    kind: 'counter',
    unit: '{message}',
    description: 'Messages to customers: accepted by the provider, or refused for good',
    attributes: [system, operation, outcome],
  },
  acknowledgements: {
    name: 'bluetick.acknowledgements',
    kind: 'counter',
    unit: '{status}',
    description:
      'What statuses told of messages to customers: delivered, read, failed, repeat, orphan, quarantined',
    attributes: [system, outcome],
  },
  escalations: {
    name: 'bluetick.escalations',
    kind: 'counter',
    unit: '{message}',
    description: 'Escalations that ended: escalated, cancelled, failed',
    attributes: [system, outcome],
  },
  limited: {
    name: 'bluetick.requests.limited',
    kind: 'counter',
    unit: '{request}',
    description: 'Requests that were refused as too many: caller, of one who is known; address, of strangers',
    attributes: [outcome],
  },
  secrets: {
    name: 'bluetick.secrets.refreshes',
    kind: 'counter',
    unit: '{refresh}',
    description: 'Looks at the sources of secrets that came to something: renewed, refused, unreadable',
    attributes: [outcome],
  },
  storeUp: {
    name: 'bluetick.store.up',
    kind: 'gauge',
    unit: '1',
    description: 'Whether the store can be written: 1, or 0 while it is away',
    attributes: [],
  },
  stuck: {
    name: 'bluetick.stuck',
    kind: 'gauge',
    unit: '{message}',
    description: 'Messages of the last day that are neither delivered nor failed after 5 minutes',
    attributes: [system],
  },
  slow: {
    name: 'bluetick.velocity.slow',
    kind: 'gauge',
    unit: '{business}',
    description: 'Business numbers whose messages have become slow to arrive',
    attributes: [system],
  },
  deadLetters: {
    name: 'bluetick.dead_letters',
    kind: 'gauge',
    unit: '{letter}',
    description: 'Dead letters that wait for a person, counted up to 10,000',
    attributes: [],
  },
  setAside: {
    name: 'bluetick.statuses.set_aside',
    kind: 'gauge',
    unit: '{status}',
    description: 'Statuses that are set aside: orphan, unmatched, quarantined; each counted up to 10,000',
    attributes: [outcome],
  },
} as const satisfies Readonly<Record<string, Instrument>>;

/** See {@link instruments}. */
export type Instruments = typeof instruments;

/** The instruments of one kind. */
export type NameOf<Kind extends Instrument['kind']> = {
  [Name in keyof Instruments]: Instruments[Name]['kind'] extends Kind ? Name : never;
}[keyof Instruments];

/** A text for each of the parts. */
type Texts<Parts extends readonly unknown[]> = { readonly [Place in keyof Parts]: string };

/** A value for each attribute of an instrument, in its order; blank: the attribute is absent. */
export type ValuesOf<Name extends keyof Instruments> = Texts<Instruments[Name]['attributes']>;

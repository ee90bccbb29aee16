import type { ChannelName } from '../../domain.ts';
import type { EscalationWay } from '../../escalation.ts';

/** What a way out is asked to do for a message that did not arrive. */
export interface EscalationCall {
  /**
   * The id of this call, a UUID: the same at every repeat of it, and another for every other way of the same message, or
   * a provider would take the second way for a repeat of the first.
   */
  readonly key: string;
  /** When the call was first tried, in Unix milliseconds: the same at every repeat. */
  readonly createdAt: number;
  /** Whether an earlier call under this key ended without an answer, so that it may have been carried out. Default no. */
  readonly interrupted?: boolean;
  readonly channel: ChannelName;
  /** Our opaque ids of the message and of its conversation. */
  readonly message: string;
  readonly conversation: string;
  /** The phone number, in digits with the country's code and without a plus. `sms` and `voice` need it. */
  readonly to?: string;
  /** What to say. `sms` and `voice` need it; they cut it where it is longer than their provider takes. */
  readonly text?: string;
  /** The language to read the text in, as a tag such as `de-DE`. Only `voice` has a use for it. */
  readonly language?: string;
  /** Where a web hook goes. `hook` needs it. */
  readonly url?: string;
}

/** One way out for messages that do not arrive. */
export interface EscalationWayOut {
  readonly type: EscalationWay['type'];
  /** Whether calls under one key act once, or are told apart by whoever gets them. Where not, a repeat may do it twice. */
  readonly idempotent: boolean;
  /**
   * Makes the call. It has worked when the provider has taken it: whether the phone rings is not known then.
   *
   * @returns the provider's id of what it took
   * @throws ProviderError; its `providerCode` may be logged. It shows neither number nor text nor the address of a hook.
   */
  send(call: EscalationCall, signal: AbortSignal): Promise<{ readonly id: string }>;
  /** Waits for what is under way, at most a call's time limit, and closes the connections that are its own. */
  close(): Promise<void>;
}

/** The ways that are there, by their type: one that is not there is not configured. */
export type EscalationWays = ReadonlyMap<EscalationWay['type'], EscalationWayOut>;

/**
 * What is kept of how each receipt came to be what it is: who or what caused every step, by which rule, and what the
 * provider answered to every call.
 *
 * @module
 */
import type { Moment, ReceiptOutcome, Refusal } from './domain.ts';

/**
 * What can cause a step.
 *
 * - `policy`: a rule, when the message was admitted. `reply`: the bot's reply was ready.
 * - `dialog`: the bot asked for it. `handoff`: the conversation changed hands, and another rule holds.
 * - `agent`: a human agent did something. `key`: somebody asked for it over the API, with the administrator's key or signed in.
 * - `order`: the order of messages: a hold before this one, or a receipt behind it.
 * - `provider`: a call was tried, and the provider answered. `time`: the provider takes the receipt no more.
 */
export const causes = [
  'policy',
  'reply',
  'dialog',
  'handoff',
  'agent',
  'key',
  'order',
  'provider',
  'time',
] as const;

/**
 * Who told what an agent did: whoever has the administrator's key, an agent's browser with its token, Dynamics 365, a hub
 * for agents by the Bot Framework's hand-off protocol, a status of a message that an agent sent, or the bot itself.
 */
export const agentSources = ['key', 'session', 'token', 'dynamics', 'hub', 'status', 'bot'] as const;

/** See {@link agentSources}. */
export type AgentSource = (typeof agentSources)[number];

/** Who did what an agent did, as far as it was told. */
export interface ByAgent {
  /** Who the agent is: whatever the one who told knows them by. It is personal data: the engine never logs it. */
  readonly agent?: string;
  /** See {@link agentSources}. Absent: the host that the library is built into did not say. */
  readonly via?: AgentSource;
}

/** Who or what caused a step of a receipt. */
export interface Cause extends ByAgent {
  readonly by: (typeof causes)[number];
  /** For `agent`: what the agent did. */
  readonly event?: string;
}

/** What the provider answered to a call: it took it, or why not. */
export type CallAnswer = 'taken' | Refusal;

/** One step of a receipt: what it became then, and why. */
export interface ReceiptStep {
  readonly id: string;
  /** Our opaque id of the inbound message. */
  readonly message: string;
  /** The provider's. */
  readonly messageId: string | undefined;
  readonly conversation: string;
  readonly at: number;
  readonly outcome: ReceiptOutcome;
  readonly because: string;
  /** For `held`: the moment that releases it. */
  readonly until?: Moment;
  /** For `scheduled`: when it was due. */
  readonly dueAt?: number;
  readonly cause: Cause;
  /** What the provider answered, where a call was made. */
  readonly answer?: CallAnswer;
}

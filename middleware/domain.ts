/**
 * The words of Bluetick, as types. Every layer speaks them; none of them belongs to one provider.
 *
 * - **Channel**: one provider connection. **Business** and **customer** are its two ends, and a
 *   **conversation** is (channel, business, customer).
 * - **Inbound message**: from the customer. **Outbound message**: to the customer.
 * - **Receipt**: the read notification that we owe for an inbound message. **Acknowledgement**: a status
 *   that the channel reports about an outbound message. The two words are never mixed.
 * - **Moment**: when a receipt is due. **Policy**: what says so.
 * - **Hand-off**: who holds the conversation: `bot`, then `queue`, then `agent`, then `bot` again.
 * - **Window**: the 24 hours after the customer's latest message in which free-form messages may be sent.
 * - **Burst**: several inbound messages before the receipt goes out.
 *
 * Times are Unix milliseconds, durations are milliseconds.
 *
 * @module
 */
import type { InboundContent } from './content.ts';
import type { HandoffStart } from './handoff.ts';

export type * from './content.ts';
export * from './handoff.ts';

/**
 * The channels that Bluetick knows by name: policies and webhook routes use these. Two of them are no provider's:
 * `simulator` is the local WhatsApp of the default start, `emulator` the Bot Framework Emulator, which shows receipts
 * as traces.
 */
export const channelNames = [
  'acs',
  'meta',
  'twilio',
  'wawp',
  'waha',
  'google',
  'simulator',
  'emulator',
] as const;

/** The name of a channel: one of {@link channelNames}. */
export type ChannelName = (typeof channelNames)[number];

/** Who holds a conversation. While the holder is not `bot`, no dialog turn runs. */
export const holders = ['bot', 'queue', 'agent'] as const;

/** See {@link holders}. */
export type Holder = (typeof holders)[number];

/**
 * The moments at which a receipt may fall due.
 *
 * - `accepted`: the message is durably admitted.
 * - `replying`: the bot's first reply to it is ready.
 * - `agentAccepted`, `agentOpened`, `agentReplied`: what a human agent did; each implies those before it.
 * - `manual`: only when bot logic, the API or an agent asks for it.
 * - `never`: no receipt is ever sent.
 */
export const moments = [
  'accepted',
  'replying',
  'agentAccepted',
  'agentOpened',
  'agentReplied',
  'manual',
  'never',
] as const;

/** See {@link moments}. */
export type Moment = (typeof moments)[number];

/**
 * What has become of a receipt. `scheduled` and `held` are open; every receipt ends in exactly one of the
 * others.
 *
 * - `scheduled`: due at a known time. `held`: waits for a moment.
 * - `sent`: the provider took our call. `covered`: the call for a later message served it too.
 * - `skipped`: not wanted or not owed after all, with the reason. `unsupported`: the channel cannot.
 * - `failed`: the provider refused for good. `expired`: it stayed open past the provider's limit.
 */
export const receiptOutcomes = [
  'scheduled',
  'held',
  'sent',
  'covered',
  'skipped',
  'unsupported',
  'failed',
  'expired',
] as const;

/** See {@link receiptOutcomes}. */
export type ReceiptOutcome = (typeof receiptOutcomes)[number];

/** Whether a receipt still waits for something. */
export function isOpen(outcome: ReceiptOutcome): outcome is 'scheduled' | 'held' {
  return outcome === 'scheduled' || outcome === 'held';
}

/**
 * What an inbound item is. `message` is anything a customer can see ticks on; the others owe no receipt:
 * a reaction, a notice of the system, the customer opening the chat without writing (`welcome`), a message
 * taken back (`revoke`), changed (`edit`), or an echo of our own (`echo`). `handoff` comes by no channel: what became of
 * a hand-off, for the bot's next turn, or that it has waited long enough.
 */
export const inboundKinds = [
  'message',
  'reaction',
  'welcome',
  'system',
  'revoke',
  'edit',
  'echo',
  'handoff',
] as const;

/** See {@link inboundKinds}. */
export type InboundKind = (typeof inboundKinds)[number];

/** The two ends of a conversation, on the channel that joins them. */
export interface Address {
  /** The channel's name. */
  readonly channel: ChannelName;
  /** The business's end as the provider names it: Meta's phone number id, ACS's channel registration id. */
  readonly business: string;
  /** The customer's end: a phone number in digits, or a business-scoped user id where the number is hidden. */
  readonly customer: string;
}

/** One inbound item as a channel's webhook parsed it, before it is admitted. */
export interface InboundMessage extends Address {
  readonly kind: InboundKind;
  /** The provider's message id. Absent on some ACS events: then no receipt can be sent. */
  readonly providerId?: string;
  /** What makes this item unique within (channel, business): the message id, else the event's own id. */
  readonly key: string;
  /** The provider's time of the message; the window runs from it. */
  readonly sentAt: number;
  readonly content: InboundContent;
}

/** Where an outbound message stands with us; what the provider later says of it is an acknowledgement. */
export type OutboundState = 'queued' | 'sending' | 'sent' | 'failed';

/** How far a message of ours has come, in order. `accepted`: the provider has it. `played`: a voice message was heard. */
export const levels = ['accepted', 'sent', 'delivered', 'read', 'played'] as const;

/** See {@link levels}. */
export type Level = (typeof levels)[number];

/** A level that a status reports, with a time. */
export type ReportedLevel = Exclude<Level, 'accepted'>;

/**
 * What a status means, whatever the provider's word for it: a level, a failure, that the message was taken back, or
 * nothing that we know.
 */
export type StatusMeaning = Level | 'failed' | 'revoked' | 'unknown';

/**
 * What went wrong with a call or a message, whoever the provider is, in words that do not change between versions. What
 * each means, `channels/failureMap.ts` says; which codes of a provider it stands for, `docs/failures.md`.
 */
export type FailureName =
  | 'rate_limited'
  | 'recipient_rate_limited'
  | 'provider_unavailable'
  | 'credentials_refused'
  | 'permission_missing'
  | 'window_closed'
  | 'recipient_unreachable'
  | 'recipient_declined'
  | 'recipient_blocked'
  | 'message_refused'
  | 'template_refused'
  | 'media_refused'
  | 'account_restricted'
  | 'unknown_target'
  | 'not_delivered'
  | 'unanswered'
  | 'unknown';

/** Why a call failed for good, as it is kept with what the call was for. */
export interface Refusal {
  /** The provider's code, else one of ours such as `timeout`. */
  readonly code: string;
  readonly is: FailureName;
  /** The provider's own words; may hold personal data. */
  readonly detail?: string;
}

/** One acknowledgement as a channel's webhook parsed it. */
export interface Acknowledgement {
  readonly channel: ChannelName;
  readonly business: string;
  /** The provider's id of the outbound message. */
  readonly providerId: string;
  /** The provider's own word: `sent`, `delivered`, `read`, `failed`, and others that are kept as they are. */
  readonly status: string;
  /** What it means. */
  readonly means: StatusMeaning;
  readonly at: number;
  /** Our correlation id, where the provider echoes one. */
  readonly correlation?: string;
  /** The recipient, where the provider names one. */
  readonly customer?: string;
  /** The recipient's other name, where the provider gives both a number and a business-scoped user id. */
  readonly customerAlias?: string;
  /** What went wrong, in the provider's codes; `detail` is the provider's text and may hold personal data. */
  readonly failures?: readonly { readonly code: string; readonly detail?: string }[];
  /** Whether it failed because the window was closed, by the provider's clock. */
  readonly windowClosed?: true;
}

/** An item of a webhook that could not be understood: kept with its reason while the others go on. */
export interface Rejected {
  /** The business that it is addressed to, where that could be read. */
  readonly business?: string;
  /** What is wrong with it, without personal data. */
  readonly reason: string;
  /** The item as it came, with as much around it as its channel needs to read it again, and for a human to look at. */
  readonly item: unknown;
}

/** A customer has begun to write, or ceased, as a channel tells it. It is passed on at once, and never kept. */
export interface CustomerTyping extends Address {
  /** The provider's time of it. */
  readonly at: number;
  /** `false`: the customer ceased to write without sending. Some providers never say so. */
  readonly typing: boolean;
}

/**
 * What a provider says of its own link to WhatsApp, where that can break: a linked device that is logged out. While it is
 * down no call is made for the business, and what is owed waits.
 */
export interface ConnectionReport {
  readonly business: string;
  /** Whether calls can succeed. */
  readonly up: boolean;
  /** The provider's word for the state, without personal data. */
  readonly because: string;
  /**
   * The provider's time of it. A report that is older than the one that is known changes nothing; one from the future
   * counts as of now.
   */
  readonly at: number;
}

/** The whole of one webhook, parsed. */
export interface ChannelEvents {
  readonly messages: readonly InboundMessage[];
  readonly acknowledgements: readonly Acknowledgement[];
  readonly rejected: readonly Rejected[];
  /** Which customers write now, on channels that tell. Default none. */
  readonly typing?: readonly CustomerTyping[];
  /** What the provider says of its own link to WhatsApp. Default nothing. */
  readonly connections?: readonly ConnectionReport[];
  /** Why items were passed over on purpose, such as a message to a group: told in the log, and kept nowhere. */
  readonly ignored?: readonly string[];
}

/** The part of a conversation's state that a decision depends on. */
export interface ConversationState {
  readonly holder: Holder;
  /** The workstream that the API or a Dynamics event named; absent: the first match of the policy book. */
  readonly workstream?: string;
  /** The settings of this conversation alone, if any, as they were stored. */
  readonly policy?: unknown;
}

/** A conversation, as the store knows it. */
export interface Conversation extends Address, ConversationState {
  /** Our opaque id: no part of it comes from the phone number. */
  readonly id: string;
  /** Counts the changes of {@link ConversationState}: a decision made on an older one is made again. */
  readonly version: number;
  /** The provider's time of the customer's latest message: the window runs 24 hours from it. */
  readonly windowFrom: number;
  /** The provider has said since that message that the window is closed: it stays so until the customer's next one. */
  readonly windowShut?: true;
  /** The agent who holds it, where one does and is known, by the name that whoever told it has. Personal data: never logged. */
  readonly agent?: string;
  /** The agent whom it was transferred to, while it waits for them. Personal data as well. */
  readonly assignedTo?: string;
  /** How it came to agents, while they have it. */
  readonly handoff?: HandoffStart;
}

/** Which of an installation's policies is meant; a conversation's own stands with the conversation. */
export type ScopeKey =
  | { readonly kind: 'default' }
  | { readonly kind: 'channel'; readonly id: ChannelName }
  | { readonly kind: 'business' | 'workstream'; readonly id: string };

/** How long free-form messages may be sent after the customer's latest message. */
export const windowMs = 24 * 60 * 60 * 1000;

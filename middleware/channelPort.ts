/**
 * One provider connection, as the engine knows it: what it can do, its calls and its webhook.
 *
 * @module
 */
import type {
  Acknowledgement,
  Address,
  ChannelEvents,
  ChannelName,
  Holder,
  OutboundContent,
} from './domain.ts';

/**
 * What a channel can send. A bot's message becomes what its channel can send; a message that is asked for over the API goes
 * out as it is, or is refused.
 */
export interface Sends {
  /** Whether a message may have buttons or a list. */
  readonly interactive: boolean;
  /** Whether files can be sent, by their address. */
  readonly media: boolean;
  /** Whether there are templates. */
  readonly template: boolean;
  /** The longest text of one message, in characters; `null`: no limit is known. */
  readonly longestText: number | null;
}

/** What a channel can and cannot do. Policies are checked and suppressed by it; the README shows it. */
export interface Capabilities {
  /** How a message is marked read: by a call of its own, only together with typing (Twilio), or not at all. */
  readonly read: 'call' | 'withTyping' | 'none';
  /** Why the channel neither reads nor types, where its provider could and a rule from outside forbids it. Default none. */
  readonly barred?: string;
  /** Whether showing typing also marks the message read (ACS, Meta, Twilio), or stands alone. */
  readonly typing: 'impliesRead' | 'independent' | 'none';
  /**
   * Whether a receipt also covers earlier messages, and on whose word. `named`: those that its call names, so that one
   * that comes late is owed a call of its own.
   */
  readonly coversEarlier: 'documented' | 'expected' | 'named' | 'no';
  /** How often typing is shown again to keep it alive, in milliseconds. */
  readonly typingPeriodMs: number;
  /** The shortest period that a policy may ask for, in milliseconds. */
  readonly minTypingPeriodMs: number;
  /** Whether typing can be taken back; where not, it ends with the reply or by itself. */
  readonly stopTyping: boolean;
  /** How long after its arrival a message may be marked read, in milliseconds; `null`: no limit is known. */
  readonly readWithinMs: number | null;
  /** What kinds of messages it sends. */
  readonly sends: Sends;
  /** Whether free-form messages are bound to the 24 hours after the customer's latest message. */
  readonly window: boolean;
  /** Whether a call to send may be repeated safely under one id of ours, for as long as the provider knows the id. */
  readonly idempotentSend: boolean;
  /** Calls a second to one business number that the provider takes. */
  readonly callsPerSecond: number;
  /**
   * What makes it unofficial, and what that risks: WhatsApp does not offer it to programs. Told at the start and wherever
   * capabilities are shown. Default: it is official.
   */
  readonly unofficial?: string;
  /** What of it its provider has shut down, and when. Told at the start and wherever capabilities are shown. Default nothing. */
  readonly retired?: string;
}

/** Marks a message read, and shows typing with it if asked. */
export interface ReadCall extends Address {
  /** The provider's id of the newest message that the call covers. */
  readonly messageId: string;
  /** The ids of the earlier ones, oldest first, for providers that want each named. Default none. */
  readonly covers?: readonly string[];
  /** Whether typing shows too. */
  readonly typing: boolean;
  /** An id of ours that stays the same when the call is repeated, for providers that take one. */
  readonly repeatId: string;
}

/** Shows or stops typing on a channel where typing stands alone. */
export interface TypingCall extends Address {
  readonly show: boolean;
  /** Who holds the conversation, for providers that show whether a bot or a human writes. Default `bot`. */
  readonly holder?: Holder;
}

/** Tells the customer that a human agent has joined the conversation, or left it. */
export interface RepresentativeCall extends Address {
  readonly joined: boolean;
  /** An id of ours that stays the same when the call is repeated, for providers that take one. */
  readonly repeatId: string;
}

/** Sends one message to the customer. */
export interface SendCall extends Address {
  readonly content: OutboundContent;
  /** Random, never personal data; echoed in statuses where the provider does so, and the id of repeats. */
  readonly correlation: string;
  /**
   * When the message was handed over, in Unix milliseconds: the same at every repeat, for providers that know a repeat
   * by its id and its first time. Default now.
   */
  readonly createdAt?: number;
  /**
   * Whether an earlier call of this message ended without an answer, so that the customer may have it. Where a provider
   * does not know the repeat any more, it must not be sent anew then. Default `false`.
   */
  readonly interrupted?: boolean;
  /** Who holds the conversation, for providers that show whether a bot or a human speaks. Default `bot`. */
  readonly holder?: Holder;
}

/** An inbound file, as a stream, with what the provider says of it. */
export interface MediaDownload {
  readonly contentType: string;
  /** Bytes, where the provider tells. */
  readonly size?: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A request as it reached us, before anything was decoded. Header names are in lower case. */
export interface RawRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The path with its query, as it was asked for: some providers sign it, behind the address by which they reach us. */
  readonly target: string;
  /** The body as it came, byte by byte. */
  readonly body: Buffer;
  /**
   * When it came, in Unix milliseconds, for providers that give no time of their own. Default now: whoever keeps requests
   * for later says it.
   */
  readonly receivedAt?: number;
}

/** A channel's way in: how a webhook proves where it comes from, and what it says. */
export interface Webhook {
  /** The largest body that is read, in bytes. */
  readonly bodyLimit: number;
  /** Addresses beside `/webhooks/{channel}` at which the same webhooks are taken. Default none. */
  readonly otherPaths?: readonly string[];
  /**
   * Checks the provider's proof over the raw bytes, in constant time.
   *
   * @throws BluetickError `unauthorized`, without a hint of what was expected; `keys_unavailable` where the proof cannot
   *   be checked now, so that the provider comes again.
   */
  authenticate(request: RawRequest): Promise<void> | void;
  /**
   * Answers a provider that verifies the address: the text to answer with.
   *
   * @throws BluetickError `forbidden` if the request does not hold the verify token.
   */
  challenge?(query: RawRequest['query']): string;
  /**
   * Answers a provider that verifies the address by a POST of its own, once that is authenticated: the JSON or the
   * plain text to answer with, or `undefined` where the body is an ordinary webhook.
   *
   * @throws BluetickError `invalid_request` if the body is not what it seems to be.
   */
  handshake?(body: Buffer): object | string | undefined;
  /**
   * Answers a provider that asks by OPTIONS whether it may deliver here: the headers of the answer. Nothing is proved
   * and nothing granted by it but to try: each delivery is authenticated.
   *
   * @throws BluetickError `invalid_request` if it does not say who asks.
   */
  preflight?(headers: RawRequest['headers']): Readonly<Record<string, string>>;
  /**
   * Reads a whole batch. One bad item lands in `rejected`; the others go on.
   *
   * @param request what came with it, for providers that say something outside of the body; absent where a body is read
   *   by itself
   * @throws BluetickError `invalid_request` if the body as a whole cannot be read.
   */
  parse(body: Buffer, request?: Pick<RawRequest, 'headers' | 'query' | 'receivedAt'>): ChannelEvents;
  /** Reads an item again that was set aside, by itself: see {@link Rejected.item}. Absent: it cannot be done. */
  reread?(item: unknown): ChannelEvents;
}

/**
 * One provider connection. Every call rejects with a `ProviderError` that says what the failure means, and
 * stops when `signal` aborts. One suite of tests, `tests/contract/channel.ts`, runs against every channel.
 */
export interface Channel {
  readonly name: ChannelName;
  /** The business ends that this connection serves; other businesses' events change nothing. */
  readonly businesses: readonly string[];
  readonly capabilities: Capabilities;
  /** Marks a message read. */
  markRead(call: ReadCall, signal: AbortSignal): Promise<void>;
  /** Shows or stops typing; only on channels whose `capabilities.typing` is `independent`. */
  setTyping?(call: TypingCall, signal: AbortSignal): Promise<void>;
  /** Shows the customer that a human agent joins or leaves, where the provider has such a sign. It is advice, no more. */
  showRepresentative?(call: RepresentativeCall, signal: AbortSignal): Promise<void>;
  /** Sends a message; answers the provider's id for it. */
  send(call: SendCall, signal: AbortSignal): Promise<{ readonly providerId: string }>;
  /**
   * Asks the provider what has become of a message of ours, where it can be asked: before a message that seems not to
   * have arrived goes out another way. The answer is what webhooks would have said; empty where it says nothing.
   */
  fetchStatus?(
    of: Address & { readonly providerId: string },
    signal: AbortSignal,
  ): Promise<readonly Acknowledgement[]>;
  /** Fetches a file that a customer sent. */
  downloadMedia(business: string, mediaId: string, signal: AbortSignal): Promise<MediaDownload>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** A channel that tells by webhooks what customers send: every provider's. */
export interface WebhookChannel extends Channel {
  readonly webhook: Webhook;
}

/**
 * A conversation as people read it: the messages of both sides in one row, with what they say. The words are those of
 * `domain.ts`; `Store.thread` answers it.
 *
 * @module
 */
import type { ChannelName, Conversation, Holder, InboundContent, InboundKind } from './domain.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Receipt } from './records.ts';

/** The two ends of a conversation, as sides of its thread. */
export type Side = 'customer' | 'business';

/** Who wrote a message of ours: the bot, an agent, or a program over the API. */
export type Sender = 'bot' | 'agent' | 'api';

/** What a customer did later to a message of either side: reacted to it, changed it or took it back. */
export interface ThreadChange {
  /** Our id of the reaction, edit or revoke: it has a place of its own in the thread too. */
  readonly ref: string;
  readonly kind: Extract<InboundKind, 'reaction' | 'edit' | 'revoke'>;
  /** The provider's time of it. */
  readonly sentAt: number;
  readonly content: InboundContent;
}

interface AnyItem {
  /** Our opaque id. */
  readonly ref: string;
  /** When we had it, by our clock: the order of the thread, which no late message changes. */
  readonly at: number;
  /** What the customer did to it later, earliest first; of more than 50 the newest. */
  readonly changes: readonly ThreadChange[];
}

/** A message of the customer's, or whatever else came from their side of the chat. */
export interface CustomerItem extends AnyItem {
  readonly side: 'customer';
  readonly conversation: Conversation;
  readonly kind: InboundKind;
  /** The provider's time of it, often in whole seconds. */
  readonly sentAt: number;
  /** Absent for what has been erased. */
  readonly content: InboundContent | undefined;
  /** Absent where none is owed. */
  readonly receipt: Receipt | undefined;
  /** Our id of the message that it quotes, reacts to, changes or takes back, where it is one of the conversation. */
  readonly concerns: string | undefined;
}

/** A message of the business's. */
export interface BusinessItem extends AnyItem {
  readonly side: 'business';
  /** What is known of it; its conversation stands there. */
  readonly entry: LedgerEntry;
  /** Absent where that is not known: another sender's, or one that an earlier version sent. */
  readonly sender: Sender | undefined;
  /** Which agent, where one wrote it and is known. */
  readonly agent: string | undefined;
}

/** A message of a thread. */
export type ThreadItem = CustomerItem | BusinessItem;

/** A page of a list that goes on being written to: its end is a place, not an item, so that nothing moves it. */
export interface PlacedPage<Item> {
  readonly items: readonly Item[];
  /** What the next page is asked for by; absent: there is none. */
  readonly next?: string;
}

/** Which page of a thread. */
export interface ThreadQuery {
  readonly limit: number;
  /** The `next` of the page before. Default: from the newest. */
  readonly before?: string;
}

/** Which conversations are listed. What is absent filters nothing. */
export interface ConversationQuery {
  readonly limit: number;
  /** The `next` of the page before. Default: from the one with the latest message. */
  readonly before?: string;
  readonly holder?: Holder;
  readonly channel?: ChannelName;
  /** Only those of which agents have not seen everything. */
  readonly unread?: boolean;
}

/** The most unread messages of a conversation that are counted: where there are so many, there may be more. */
export const unreadLimit = 100;

/**
 * What a store holds of customers: to hand it out, to erase it, and to let it go when it is old.
 *
 * @module
 */
import type { PageQuery } from './ledgerStore.ts';

/** Whose data is meant. */
export interface DataSubject {
  /** The names that channels have for them: a number in digits, or a business-scoped user id. */
  readonly customers: readonly string[];
  /** Our ids of their conversations: {@link PersonalDataStore.customerConversations}. */
  readonly conversations: readonly string[];
}

/** A row that is held of a customer, as JSON can have it: without our own hashes, and with what is JSON in it read. */
export interface PersonalItem {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/** What one step of an erasure came to. */
export interface ErasedPart {
  /** How many rows of each table it emptied or deleted. */
  readonly erased: Readonly<Record<string, number>>;
  /** Files of our own that the erased messages held: `…/files/<id>`. Whoever keeps them deletes them. */
  readonly files: readonly string[];
  /** Where the next step goes on; absent: there is nothing left. */
  readonly next?: string;
}

/** What is old. */
export interface RetentionLimits {
  /** What was there before, in Unix milliseconds, has been kept for long enough. */
  readonly before: number;
  /** The keys of what was erased are no longer needed for what came before, in Unix milliseconds. */
  readonly keysBefore: number;
}

/** What one step of letting go came to. */
export interface OldErased extends ErasedPart {
  /** Conversations of which nothing else is left: they are to be erased as well, with the customers who have no other. */
  readonly idle: DataSubject;
}

/** That somebody was given, or had erased, what is held of a customer; or that old contents went. It holds nothing of them. */
export interface PrivacyAct {
  /** A digest of everything else that is said here: whoever has the proof can show that it is this one. */
  readonly id: string;
  readonly act: 'erasure' | 'export' | 'retention';
  /** In Unix milliseconds. */
  readonly at: number;
  /** How many rows of each table it was about. */
  readonly counts: Readonly<Record<string, number>>;
  /** Our ids of the conversations that somebody's request was about: they say nothing of the customer. */
  readonly conversations: readonly string[];
  /** Who asked for it, where they have a name: the agent's, never the customer's. */
  readonly agent?: string;
  /** How they proved it; absent: nobody asked, it was time. */
  readonly via?: string;
}

/**
 * The part of a store that knows what is a customer's. An erasure goes step by step, so that others are served meanwhile; its
 * first step closes the conversations: from then on nothing of them goes out, and what the customer writes is a new one's.
 * One that was cut off is begun again, and goes on.
 */
export interface PersonalDataStore {
  /** Our ids of a customer's conversations, of all channels and businesses; those of an erasure that was cut off with them. */
  customerConversations(customer: string): Promise<readonly string[]>;
  /** What is held of a customer, a page at a time. @param place where the page begins; '' is the beginning */
  personalData(
    of: DataSubject,
    place: string,
  ): Promise<{ readonly items: readonly PersonalItem[]; readonly next?: string }>;
  /** Erases a part of it. @param place where the part begins; '' is the beginning */
  erasePersonalData(of: DataSubject, place: string, now: number): Promise<ErasedPart>;
  /**
   * Erasures that were cut off, each as far as it may go on by itself: whoever has written since has a conversation that nobody
   * asked to have erased, and is not looked for by name.
   */
  unfinishedErasures(): Promise<readonly DataSubject[]>;
  /** Erases a part of what is old, but for what is not over: turns, receipts and messages that wait. @param place '' is the beginning */
  eraseOld(limits: RetentionLimits, place: string): Promise<OldErased>;
  /** Keeps that something was done. */
  addPrivacyAct(act: PrivacyAct): Promise<void>;
  /** What was done, newest first; `before` is the id of the last one of the page before. */
  privacyActs(page: PageQuery): Promise<readonly PrivacyAct[]>;
  /** Lets go of the places in which erased rows lay, where the database keeps them: the embedded store does. */
  scrub(): Promise<void>;
}

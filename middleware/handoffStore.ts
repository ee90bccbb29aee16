import type { Conversation, Holder } from './domain.ts';
import type { HandoffNotes, HandoffNotice, HandoffStart } from './handoff.ts';
import type { Claim } from './records.ts';

/** Who holds a conversation from now on, with all that is written with it. What is absent stays as it is. */
export interface HolderChange {
  readonly holder: Holder;
  /** The agent who holds it; `null`: none, or none that is known. */
  readonly agent?: string | null;
  /** Whom it is meant for while it waits; `null`: anybody. */
  readonly assignedTo?: string | null;
  /** How the hand-off began, and how far it came; `null`: it is over, and what was handed over is forgotten. */
  readonly handoff?: HandoffStart | null;
  /** What is handed over with it. */
  readonly notes?: Pick<HandoffNotes, 'context' | 'transcript'>;
  /** When it is to be looked at again, in a turn: unless it is over by then, or an agent has accepted it. Default never. */
  readonly lookAt?: number;
  /** What the bot is told, in a turn: once for each hand-off and state. */
  readonly tell?: HandoffNotice;
  /** The turn that does it: remembered, so that it is not done again where the turn runs again. */
  readonly turn?: TurnAct;
  readonly now: number;
  /** For how long a turn that is due at once is handed to the caller, in milliseconds. */
  readonly leaseMs: number;
}

/** What a turn of the bot does about who holds the conversation. */
export interface TurnAct {
  /** Our id of the message that the turn answers. */
  readonly ref: string;
  /** Which of its acts it is: 0 for the first. */
  readonly ordinal: number;
}

/** What {@link HandoffStore.handOver} answers. */
export interface HandedOver {
  readonly conversation: Conversation;
  /** The turn in which the bot is told, claimed for the caller. */
  readonly claims: readonly Claim[];
}

/** The part of the store that remembers hand-offs. */
export interface HandoffStore {
  /** Changes who holds a conversation; `undefined`: there is none such. */
  handOver(id: string, change: HolderChange): Promise<HandedOver | undefined>;
  /** What was handed over with a conversation; `undefined`: nothing, or the hand-off is over. */
  handoffNotes(id: string): Promise<Pick<HandoffNotes, 'context' | 'transcript'> | undefined>;
}

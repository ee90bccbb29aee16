/**
 * Messages to the customer as the store holds them: each is a row before its call.
 *
 * @module
 */
import type { ByAgent } from './audit.ts';
import type { Conversation, InboundKind, OutboundContent, OutboundState, Refusal } from './domain.ts';
import type { EscalationRule } from './escalation.ts';
import type { LedgerMove } from './ledger.ts';
import type { LedgerEvent } from './ledgerEvent.ts';

/** A message to the customer, to be written before its call. */
export interface OutboundRequest {
  readonly conversation: string;
  readonly content: OutboundContent;
  readonly correlation: string;
  readonly now: number;
  readonly leaseMs: number;
  /** The turn that sends it, and which of its replies this is: a turn run again finds the row by it. */
  readonly turn?: { readonly ref: string; readonly ordinal: number };
  /** Who wrote it, where that is no bot; an agent by the name that colleagues know. How they came to us is not kept. */
  readonly sender?: { readonly by: 'agent' | 'api' } & ByAgent;
  /** When it is to go out. Default now. */
  readonly dueAt?: number;
  /** What is to happen if it does not arrive. Default nothing. */
  readonly escalate?: EscalationRule;
  /**
   * What was to go out, where a template goes in its place. A turn run again finds the row by it. What was refused before
   * does not stand in its way.
   */
  readonly insteadOf?: OutboundContent;
  /**
   * The message that was refused, where {@link insteadOf} goes out for it: its escalation and its key are this one's from
   * now on.
   */
  readonly replaces?: string;
  /**
   * What the caller calls this send: another one of the conversation under the same key finds the message of the first.
   * It must ask for the same.
   */
  readonly idempotencyKey?: string;
}

/** What {@link Store.addOutbound} answers. */
export interface OutboundAdded {
  readonly outbound: Outbound;
  /** Whether the caller is to make the call now. */
  readonly call: boolean;
  /** The message was found by its key, and something else is asked for now: nothing was written. */
  readonly conflict?: true;
  /** Replies of the turn that waited, and go out no more: it ran again and answers otherwise. */
  readonly superseded?: readonly string[];
}

/** An outbound message as the store holds it. */
export interface Outbound {
  readonly ref: string;
  readonly conversation: Conversation;
  readonly content: OutboundContent;
  readonly correlation: string;
  readonly state: OutboundState;
  readonly providerId: string | undefined;
  readonly attempts: number;
  readonly createdAt: number;
  /** How many calls ended without an answer (a crash, a time-out): each may have reached the customer. */
  readonly interrupted: number;
  /** Why it failed: the provider's code or our reason. */
  readonly failure: string | undefined;
  /** What it answers, where it waited: the kind of the message whose turn sent it. */
  readonly answers?: InboundKind;
  /** As {@link OutboundRequest.turn}. */
  readonly turn?: { readonly ref: string; readonly ordinal: number };
  /** As {@link OutboundRequest.insteadOf}. */
  readonly insteadOf?: OutboundContent;
}

/** What became of an outbound message. */
export type OutboundChange =
  | {
      readonly state: 'sent';
      readonly providerId: string;
      /** As {@link AdmissionBatch.hooks}. */
      readonly hooks?: readonly string[];
    }
  | {
      readonly state: 'queued';
      readonly dueAt: number;
      /** The call ended without an answer. */
      readonly interrupted: boolean;
      /** Whether the try counts: one that never left (breaker open, channel paused) does not. */
      readonly counted: boolean;
    }
  | {
      readonly state: 'failed';
      readonly failure: string;
      /** The same where a provider refused it: its code is the failure. */
      readonly refusal?: Refusal;
      /** As {@link AdmissionBatch.hooks}. */
      readonly hooks?: readonly string[];
    };

/** What {@link Store.changeOutbound} answers. */
export interface OutboundChanged {
  /** When the conversation's next outbound message is due. */
  readonly nextDueAt: number | undefined;
  /** The provider's id, where a status had told already that the provider has the message: then nothing was changed. */
  readonly confirmed?: string;
  /** What the statuses that came before the call's answer made of the message. */
  readonly joined?: LedgerMove;
  /** When the earliest message that it answers was admitted: of those since the message of ours before it. */
  readonly waitingSince?: number;
  /** What is told of a message that will not go out. */
  readonly failed?: LedgerEvent;
}

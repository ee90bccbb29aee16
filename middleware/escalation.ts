/**
 * What is to happen to a message that does not arrive, and what became of that.
 *
 * @module
 */

/** One way out for a message that does not arrive. */
export type EscalationWay =
  /** A text message. */
  | { readonly type: 'sms'; readonly to?: string; readonly text?: string }
  /** A call that reads the text aloud. */
  | { readonly type: 'voice'; readonly to?: string; readonly text?: string; readonly language?: string }
  /** A signed web hook, to an address of the allow-list. */
  | { readonly type: 'hook'; readonly url: string };

/** What is to happen to a message that does not arrive. */
export interface EscalationRule {
  /** The level that makes it needless, real or implied. */
  readonly unless: 'delivered' | 'read';
  /** How long after it was handed over, in milliseconds. */
  readonly afterMs: number;
  /** The ways, in order: the first that works ends it. */
  readonly via: readonly EscalationWay[];
}

/** What became of one way of an escalation. */
export interface EscalationTry {
  readonly way: EscalationWay['type'];
  readonly at: number;
  /** The id that the way's provider gave. */
  readonly id?: string;
  /** Why it failed, as a code. */
  readonly failure?: string;
}

/**
 * Where an escalation stands. `waiting`: for its time. `claimed`: a worker is at it. `escalated`: one of its ways
 * worked. `cancelled`: the message arrived in time. `failed`: none of its ways worked.
 */
export type EscalationState = 'waiting' | 'claimed' | 'escalated' | 'cancelled' | 'failed';

/** The escalation of a message. */
export interface Escalation extends EscalationRule {
  readonly state: EscalationState;
  /** When its time is, or was. */
  readonly dueAt: number;
  /** What the ids of its calls are made from: they are the same when a dead worker's claim is taken over. */
  readonly key: string;
  /**
   * Whether a worker died between claim and answer, or a call ended without an answer and another one followed: the
   * customer may have been reached twice.
   */
  readonly possiblyDoubled: boolean;
  readonly tries: readonly EscalationTry[];
}

/** How a claimed escalation ended. */
export interface EscalationEnd {
  readonly state: 'escalated' | 'failed';
  readonly tries: readonly EscalationTry[];
  /** Whether a call ended without an answer and another one was made after it. */
  readonly possiblyDoubled: boolean;
}

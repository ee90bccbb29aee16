import { type Acknowledgement, type Level, levels, type ReportedLevel } from '../domain.ts';
import type { Failure, LedgerState } from '../ledger.ts';

/** What can be folded into the state of a message: a status of its channel, or the customer's answer. */
export type LedgerFact =
  | Pick<Acknowledgement, 'means' | 'status' | 'at' | 'failures'>
  /** The customer wrote in the conversation, at the provider's time `at`. */
  | { readonly means: 'replied'; readonly at: number };

/** What is known of a message before anything was said of it: the provider has it. */
export const nothingReported: LedgerState = { at: {}, failures: [], unknown: [] };

/** The levels that are reported with a time, in order. */
export const reportedLevels: readonly ReportedLevel[] = ['sent', 'delivered', 'read', 'played'];

/**
 * Folds one fact into the state of a message. It is a join: any order of the same facts, any of them any number of
 * times, gives the same state, and no prefix of any order shows a level above its end. The store's write agrees with it.
 *
 * @returns the state with it; the same object where it held it already
 */
export function foldStatus(state: LedgerState, fact: LedgerFact): LedgerState {
  switch (fact.means) {
    case 'accepted':
      return state;
    case 'replied': {
      const repliedAt = Math.max(state.repliedAt ?? fact.at, fact.at);
      return repliedAt === state.repliedAt ? state : { ...state, repliedAt };
    }
    case 'revoked': {
      const revokedAt = Math.min(state.revokedAt ?? fact.at, fact.at);
      return revokedAt === state.revokedAt ? state : { ...state, revokedAt };
    }
    case 'failed': {
      const failures = failuresOf(fact).reduce(joinFailure, state.failures);
      return failures === state.failures ? state : { ...state, failures };
    }
    case 'unknown':
      if (state.unknown.includes(fact.status)) return state;
      return { ...state, unknown: [...state.unknown, fact.status].sort() };
    default: {
      const known = state.at[fact.means];
      if (known !== undefined && known <= fact.at) return state;
      return { ...state, at: { ...state.at, [fact.means]: fact.at } };
    }
  }
}

/** The failures that a status tells of; one without a code of its own is a failure still. */
export function failuresOf({
  at,
  failures = [],
}: Pick<Acknowledgement, 'at' | 'failures'>): readonly Failure[] {
  return failures.length === 0 ? [{ code: 'unknown', at }] : failures.map(each => ({ ...each, at }));
}

function joinFailure(failures: readonly Failure[], failure: Failure): readonly Failure[] {
  const known = failures.find(({ code }) => code === failure.code);
  if (known !== undefined && !isEarlier(failure, known)) return failures;
  return [...failures.filter(each => each !== known), failure].sort(
    (one, other) => one.at - other.at || compare(one.code, other.code),
  );
}

/** Of two reports of one code the earlier stands; of two at one time the one that sorts first, whichever came first. */
function isEarlier(one: Failure, other: Failure): boolean {
  return one.at < other.at || (one.at === other.at && compare(one.detail ?? '', other.detail ?? '') < 0);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** How far the message has come: the highest level that was reported or follows from the customer's answer. */
export function levelOf(state: LedgerState): Level {
  const reported = reportedLevels.findLast(level => state.at[level] !== undefined);
  const reached = reported ?? 'accepted';
  return isAnswered(state) && rankOf(reached) < rankOf('read') ? 'read' : reached;
}

/** The levels that the message has passed without anybody reporting them. */
export function impliedOf(state: LedgerState): readonly ReportedLevel[] {
  const rank = rankOf(levelOf(state));
  return reportedLevels.filter(level => rankOf(level) <= rank && state.at[level] === undefined);
}

/** The levels that were reported of a time after the message had been taken back: they stay out of the figures. */
export function afterRevocationOf({ at, revokedAt }: LedgerState): readonly ReportedLevel[] {
  if (revokedAt === undefined) return [];
  return reportedLevels.filter(level => (at[level] ?? revokedAt) > revokedAt);
}

/** The place of a level in their order, from 0. */
export function rankOf(level: Level): number {
  return levels.indexOf(level);
}

/**
 * Whether the customer wrote after the message was delivered, and so has seen it. By the times of both, not by the order
 * in which we heard of them. Providers give whole seconds: what falls into one is not taken for an answer.
 */
function isAnswered({ at: { delivered }, repliedAt }: LedgerState): boolean {
  return delivered !== undefined && repliedAt !== undefined && repliedAt > delivered;
}

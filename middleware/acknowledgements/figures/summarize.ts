import type { EscalationState, EscalationWay } from '../../escalation.ts';
import type { FigureCount } from '../../ledgerStore.ts';
import {
  type DurationName,
  durationNames,
  escalationPrefix,
  failedPrefix,
  type MessageCounter,
  messageCounters,
  refusedPrefix,
  type StatusCounter,
  statusCounters,
} from './names.ts';
import { type BinCount, type Percentiles, percentilesOf } from './sketch.ts';

/** The ends that an escalation can have. */
const escalationEnds = ['escalated', 'cancelled', 'failed'] as const satisfies readonly EscalationState[];
const escalationWays = ['sms', 'voice', 'hook'] as const satisfies readonly EscalationWay['type'][];

/** The figures of some time. A share is from 0 to 1, and `null` where there is nothing to divide. */
export interface Summary extends Readonly<Record<DurationName, Percentiles>> {
  /** Messages of ours, by what became of them. */
  readonly messages: Readonly<Record<MessageCounter, number>>;
  /** Of the messages that were read, the share that was read within 60 s of its delivery. */
  readonly readWithin60s: number | null;
  /** Of the messages that were read or answered, the share of which no read was ever reported. */
  readonly silentReaderShare: number | null;
  /** Messages that failed, by the provider's code; one with two codes counts under both. */
  readonly failures: Readonly<Record<string, number>>;
  /** Messages that did not go out, by the provider's code or ours. */
  readonly refused: Readonly<Record<string, number>>;
  /** Escalations by how they ended; of those that went out, by way. */
  readonly escalations: Readonly<Record<(typeof escalationEnds)[number], number>> & {
    readonly by: Readonly<Record<EscalationWay['type'], number>>;
  };
  /** Statuses that changed no message. */
  readonly statuses: Readonly<Record<StatusCounter, number>>;
}

/** Adds figures up, whatever hours and businesses they are of. */
export function summarize(figures: readonly FigureCount[]): Summary {
  const bins = Map.groupBy<string, BinCount & { readonly name: string }>(figures, ({ name }) => name);
  // What was taken back after a crash had lost it: less than nothing is nothing.
  const sum = (name: string) =>
    Math.max(
      (bins.get(name) ?? []).reduce((total, { count }) => total + count, 0),
      0,
    );
  const each = <Name extends string>(names: readonly Name[], prefix = '') =>
    Object.fromEntries(names.map(name => [name, sum(prefix + name)])) as Record<Name, number>;
  const byCode = (prefix: string) => {
    const names = [...bins.keys()].filter(name => name.startsWith(prefix)).sort();
    return Object.fromEntries(names.map(name => [name.slice(prefix.length), sum(name)]));
  };
  const durations = durationNames.map(name => [name, percentilesOf(bins.get(name) ?? [])] as const);
  const messages = each(messageCounters);
  return {
    ...(Object.fromEntries(durations) as Record<DurationName, Percentiles>),
    messages,
    readWithin60s: share(sum('readWithin60s'), messages.read),
    silentReaderShare: share(messages.impliedRead, messages.read + messages.impliedRead),
    failures: byCode(failedPrefix),
    refused: byCode(refusedPrefix),
    escalations: {
      ...each(escalationEnds, escalationPrefix),
      by: each(escalationWays, `${escalationPrefix}escalated:`),
    },
    statuses: each(statusCounters),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.min(part / whole, 1);
}

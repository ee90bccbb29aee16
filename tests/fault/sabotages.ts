/**
 * Faults that are put into a host on PostgreSQL on purpose, by changing its statements on their way: a checker that lets
 * one of them pass is worth nothing. Each says what it looks for, so that a statement that is written anew is noticed.
 *
 * @module
 */

/** A change of statements. */
interface Change {
  /** The statements that are changed. */
  readonly of: RegExp;
  readonly to: string;
}

const takesWhateverLane: Change = {
  of: /(SET due_at = excluded\.due_at, leased = excluded\.leased\s+WHERE )lane\.leased = 0/,
  to: '$1TRUE',
};

const changes = {
  /** Whoever wants a lane gets it, although another instance has it. */
  ignoresTheLock: [takesWhateverLane],
  /** Looks for work among what others are at, too. */
  takesLiveLeases: [
    takesWhateverLane,
    {
      of: /^SELECT conversation FROM lane WHERE kind = (\$\d+) AND due_at <= (\$\d+) AND leased IN \(0, (\$\d+)\)/,
      to: 'SELECT conversation FROM lane WHERE kind = $1 AND (due_at <= $2 OR leased NOT IN (0, $3))',
    },
  ],
  /** Says that a status is in the ledger, and leaves it out. */
  dropsStatuses: [{ of: /^(UPDATE ledger SET \w+_at = [\s\S]*?)WHERE/, to: '$1WHERE FALSE AND' }],
  /** A status that comes late takes the level back. */
  letsLevelsFall: [{ of: /level = greatest\(level, ([\s\S]+?)\)(\s+WHERE)/, to: 'level = $1$2' }],
} as const satisfies Record<string, readonly Change[]>;

export type Sabotage = keyof typeof changes;

/** A statement as a sabotaged host asks it. Under another name: the honest one may be prepared already. */
export function sabotaged<Asked extends { readonly text: string; readonly name?: string }>(
  asked: Asked,
  how: Sabotage | 'none',
): Asked {
  if (how === 'none') return asked;
  const list: readonly Change[] = changes[how];
  const text = list.reduce((changed, { of, to }) => changed.replace(of, to), asked.text);
  return text === asked.text ? asked : { ...asked, text, name: `${asked.name} ${how}` };
}

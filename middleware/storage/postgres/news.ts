import type { News } from '../../sharing.ts';

/** The channel of LISTEN and NOTIFY: it is one database's own (postgresql.org/docs/current/sql-notify.html). */
export const newsChannel = 'bluetick';

/** What processes tell one another: {@link News}, and for the log of changes that some were added, or that its readers are others. */
export type Word = News['what'] | 'changes' | 'readers';

/** Everything there is to tell, for whoever may have missed some. */
export const words: readonly Word[] = ['due', 'policies', 'changes', 'readers'];

/** Said by nobody: every process heeds it. */
export const nobody = 0;

/**
 * A word as it travels.
 *
 * @param from the number of the instance that says it and does not hear it
 */
export function spoken(word: Word, from: number): string {
  return `${word} ${from}`;
}

/** What was said, if it is not by `me`; `undefined`: it is, or a newer version's word. */
export function heard(payload: string | undefined, me: number): Word | undefined {
  const [said, from] = (payload ?? '').split(' ');
  return from === String(me) ? undefined : words.find(word => word === said);
}

import pg from 'pg';

/** The SQLSTATE with which the server refused a statement; `undefined`: it was no answer of the server. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/**
 * States that say that the server cannot serve now, whatever is asked: connection, resources, operator intervention, I/O
 * (PostgreSQL's appendix A, by class), and a server that only reads, as one that has just been stood down.
 */
const away = /^(08|53|57|58|XX|25006)/;

/** Whether what was asked for was locked by somebody else for too long. */
export const isLocked = (error: unknown) => sqlStateOf(error) === '55P03';

/**
 * Whether an error is about what was asked: asked again it would come again, while other questions are answered. A fault of
 * ours in an operation is one too.
 */
export function isRefusal(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined) return !away.test(state);
  return error instanceof TypeError || error instanceof RangeError;
}

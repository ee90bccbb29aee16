import { type BluetickError, isBluetickError } from '../../errors.ts';
import { unavailable } from '../commitQueue.ts';
import { sqlStateOf } from './faults.ts';

/**
 * States in which the server speaks of itself and of who comes: connection, who that is, which database, what that account may do,
 * resources, operator intervention (PostgreSQL's appendix A). What it says otherwise may hold what a row held.
 */
const ofItself = /^(08|28|3D|42501|53|57)/;

/** Tells whoever starts a process on a database why it cannot be opened. An error of ours says so already. */
export function cannotOpen(error: unknown): BluetickError {
  if (isBluetickError(error)) return error;
  return unavailable(`the database cannot be opened, see DATABASE_URL: ${whyOf(error)}`, error);
}

/** In the words of the server, of the system or of TLS: they name accounts, hosts and certificates, and hold no password. */
function whyOf(error: unknown): string {
  // A host name with several addresses: each failed, and the first says why.
  if (error instanceof AggregateError) return whyOf(error.errors[0]);
  const state = sqlStateOf(error);
  if (state !== undefined && !ofItself.test(state)) return `SQLSTATE ${state}`;
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : typeof error;
}

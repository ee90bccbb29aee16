import type { Logger } from '../ports.ts';
import type { Tracing } from './tracing.ts';

/** What a line is about, where it says so. */
interface Fields {
  readonly conversation?: unknown;
  readonly message?: unknown;
  readonly trace?: unknown;
}

/** The log of whoever gives none. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * A log whose lines about a message say its trace too, so that one word finds everything that was done for it: whatever names a
 * conversation and a message. A line that has a `trace` keeps it.
 */
export function correlatedLog(log: Logger, tracing: Pick<Tracing, 'traceOf'>): Logger {
  const withTrace = (fields: Fields): object => {
    const { conversation, message, trace } = fields;
    if (trace !== undefined || typeof conversation !== 'string' || typeof message !== 'string') return fields;
    const found = tracing.traceOf(conversation, message);
    return found === undefined ? fields : { ...fields, trace: found };
  };
  return {
    debug: (fields, message) => log.debug(withTrace(fields), message),
    info: (fields, message) => log.info(withTrace(fields), message),
    warn: (fields, message) => log.warn(withTrace(fields), message),
    error: (fields, message) => log.error(withTrace(fields), message),
  };
}

import type { Logger } from '../ports.ts';
import type { Tracing } from './tracing.ts';

/** What a line is about, where it says so. */
interface Fields {
  readonly conversation?: unknown;
  readonly message?: unknown;
  readonly answers?: unknown;
  readonly trace?: unknown;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** The log of whoever gives none. */
export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  isLevelEnabled: () => false,
};

/**
 * A log whose lines about a message say its trace too, so that one word finds everything that was done for it: whatever names a
 * conversation and a message, of a reply that of the message which it `answers`. A line that has a `trace`, be it `undefined`,
 * keeps it.
 */
export function correlatedLog(log: Logger, tracing: Pick<Tracing, 'traceOf'>): Logger {
  const withTrace = (fields: Fields): object => {
    const { conversation, message, answers = message } = fields;
    if ('trace' in fields || typeof conversation !== 'string' || typeof answers !== 'string') return fields;
    const trace = tracing.traceOf(conversation, answers);
    return trace === undefined ? fields : { ...fields, trace };
  };
  const isLevelEnabled = (level: Level) => log.isLevelEnabled?.(level) ?? true;
  const at = (level: Level) => (fields: object, message: string) => {
    if (isLevelEnabled(level)) log[level](withTrace(fields), message);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), isLevelEnabled };
}

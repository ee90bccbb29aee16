import { trace } from '@opentelemetry/api';
import type { Logger } from '../../middleware/ports.ts';
import { correlatedLog } from '../../middleware/telemetry/correlatedLog.ts';
import { Tracing } from '../../middleware/telemetry/tracing.ts';

/** The host's log, whose lines about a message say its trace as the engine's do: of web hooks, of the relay, of the bot. */
export function hostLog(log: Logger): Logger {
  return correlatedLog(log, new Tracing(trace.getTracerProvider()));
}

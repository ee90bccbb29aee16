import { createHash } from 'node:crypto';
import { type SpanContext, TraceFlags } from '@opentelemetry/api';

/** How many are remembered: those of messages that are at work. Another look costs a hash. */
const remembered = 2000;

/**
 * The trace of each message. It is worked out from our own ids and kept nowhere: whoever does something for the message, later
 * or in another process or after a crash, comes to the same trace without having been told. The conversation's id is random,
 * so nothing of the customer shows in it, and no two stores share traces.
 */
export class MessageTraces {
  readonly #known = new Map<string, SpanContext>();

  /**
   * What all spans of a message have as their parent. Nobody exports that one: each of them is as much the first as any other.
   * It says that it is sampled, so that a sampler that asks the parent takes all of them; one that goes by the trace's id
   * (`traceidratio`) takes all spans of a message or none, in every process.
   */
  of(conversation: string, message: string): SpanContext {
    const key = `${conversation} ${message}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(`trace ${key}`).digest('hex');
    const context: SpanContext = {
      traceId: hash.slice(0, 32),
      spanId: hash.slice(32, 48),
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    };
    this.#known.set(key, context);
    if (this.#known.size > remembered) this.#known.delete(String(this.#known.keys().next().value));
    return context;
  }
}

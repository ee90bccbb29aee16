import {
  type Attributes,
  type Context,
  context,
  type Link,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { attribute } from './attributes.ts';
import { errorTypeOf } from './errorType.ts';
import { MessageTraces } from './messageTrace.ts';

/**
 * What is done for a message, with its word in the conventions and its kind. A webhook is pushed to us, so who admits it is a
 * consumer; the provider passes no trace on, so who calls it is a client.
 */
export const operations = {
  /** The message is written down, with all that it owes. */
  admit: { type: 'receive', kind: SpanKind.CONSUMER },
  /** The bot runs. */
  turn: { type: 'process', kind: SpanKind.CONSUMER },
  /** The provider is called for the blue ticks. */
  markRead: { type: 'settle', kind: SpanKind.CLIENT },
  /** The provider is called with a message to the customer. */
  send: { type: 'send', kind: SpanKind.CLIENT },
} as const;

/** See {@link operations}. */
export type Operation = keyof typeof operations;

/** Which message something is done for. */
export interface Subject {
  readonly channel: string;
  /** Our id of the conversation. */
  readonly conversation: string;
  /** Our id of the customer's message; of one of ours that answers none, its own. */
  readonly message: string;
}

/** What a span is told beside its subject. */
export interface About {
  readonly attributes?: Attributes;
  /** Our ids of other messages of the conversation that the same call is for. */
  readonly others?: readonly string[];
  /** When it began, in Unix milliseconds, where that is over. Default now. */
  readonly from?: number;
}

/** Makes the spans of what is done for messages. While nobody has registered an SDK it makes none, and works nothing out. */
export class Tracing {
  readonly #provider: TracerProvider;
  readonly #traces = new MessageTraces();
  #tracer: Tracer | undefined;

  constructor(provider: TracerProvider) {
    this.#provider = provider;
  }

  /** Whether anybody traces: where nobody does, nothing need be put together for a span. */
  get isOn(): boolean {
    return this.#ready() !== undefined;
  }

  /** The id of a message's trace; `undefined` where nobody traces. */
  traceOf(conversation: string, message: string): string | undefined {
    return this.#ready() && this.#traces.of(conversation, message).traceId;
  }

  /** Opens a span; `undefined` where nobody traces. */
  begin(operation: Operation, of: Subject, { attributes, others = [], from }: About = {}): Span | undefined {
    const tracer = this.#ready();
    if (tracer === undefined) return undefined;
    const { type, kind } = operations[operation];
    const links = others.map((ref): Link => ({ context: this.#traces.of(of.conversation, ref) }));
    return tracer.startSpan(
      `${operation} ${of.channel}`,
      {
        kind,
        links,
        ...(from !== undefined && { startTime: from }),
        attributes: {
          [attribute.system]: of.channel,
          [attribute.operation]: operation,
          [attribute.operationType]: type,
          [attribute.conversation]: of.conversation,
          [attribute.message]: of.message,
          ...attributes,
        },
      },
      this.#parentOf(of),
    );
  }

  /** Does something within a span, which says whether it failed. */
  async during<T>(operation: Operation, of: Subject, about: About, work: () => Promise<T>): Promise<T> {
    const span = this.begin(operation, of, about);
    if (span === undefined) return work();
    try {
      return await within(span, work);
    } catch (error) {
      failed(span, errorTypeOf(error));
      throw error;
    } finally {
      span.end();
    }
  }

  /** A span that is open already for the same message, as a turn's is for its reply; else what all of them have in common. */
  #parentOf({ conversation, message }: Subject): Context {
    const common = this.#traces.of(conversation, message);
    const active = context.active();
    if (trace.getSpanContext(active)?.traceId === common.traceId) return active;
    return trace.setSpanContext(ROOT_CONTEXT, common);
  }

  /** The API's own provider stands in for an SDK that may be registered later: until then it has nobody to ask. */
  #ready(): Tracer | undefined {
    const provider = this.#provider;
    this.#tracer ??=
      provider instanceof ProxyTracerProvider
        ? provider.getDelegateTracer('bluetick')
        : provider.getTracer('bluetick');
    return this.#tracer;
  }
}

/** Does something with a span as the one that is open: what a bot traces in its turn hangs below it. */
export function within<T>(span: Span, work: () => Promise<T>): Promise<T> {
  return context.with(trace.setSpan(context.active(), span), work);
}

/** @param errorType as {@link errorTypeOf} has it */
export function failed(span: Span, errorType: string): void {
  span.setAttribute(attribute.error, errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

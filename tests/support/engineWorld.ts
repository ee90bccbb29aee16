import type { InboundMessage } from '../../middleware/domain.ts';
import { createPolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../../middleware/policy/schema.ts';
import type { Capabilities, Logger, Receipt, Store } from '../../middleware/ports.ts';
import { createEngine, type Engine } from '../../middleware/receipts/engine.ts';
import type { Turn } from '../../middleware/receipts/turn.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import type { TelemetryOptions } from '../../middleware/telemetry/telemetry.ts';
import { systemClock, systemScheduler } from '../../middleware/timing/systemClock.ts';
import { type FakeTime, fakeTime } from './fakeTime.ts';
import { metaLike, type ScriptedChannel, scriptedChannel } from './scriptedChannel.ts';

/** A log that says nothing, and remembers what it was told. */
export function quietLog(): Logger & {
  readonly lines: { level: string; fields: object; message: string }[];
} {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** What the bot of a world does in a turn. */
export type Dialog = (turn: Turn) => Promise<void>;

/** Settings of {@link engineWorld}. */
export interface WorldOptions {
  readonly capabilities?: Capabilities;
  /** The policy book, as a file would hold it. */
  readonly policies?: object;
  readonly dialog?: Dialog;
  /** What the bot does when it is told of a hand-off. Default nothing. */
  readonly told?: Dialog;
  /** `false`: no bot runs here. */
  readonly gateway?: boolean;
  /** Whether whoever runs the conversations is none of ours. Default `false`. */
  readonly sidecar?: boolean;
  /** The store's file. Default: none, in memory. */
  readonly path?: string;
  readonly random?: () => number;
  /** The addresses that web hooks go to. Default none. */
  readonly hooks?: readonly string[];
  /** Whom the engine tells what it does. Default OpenTelemetry's global providers, which are nobody. */
  readonly telemetry?: TelemetryOptions;
  /** Changes how the store behaves towards the engine. */
  readonly wrapStore?: (store: Store) => Store;
}

/** The engine on a real store, with a scripted provider, on a fake clock. */
export interface World {
  readonly time: FakeTime;
  readonly store: Store;
  readonly channel: ScriptedChannel;
  readonly engine: Engine;
  readonly log: ReturnType<typeof quietLog>;
  /** When each turn began and ended, by the message's id, in the order of everything else. */
  readonly turns: { messageId: string; began: number; ended?: number; attempt: number }[];
  /** A customer writes: each call is one webhook. */
  say(...ids: (string | Partial<InboundMessage>)[]): Promise<void>;
  receipts(customer?: string): Promise<readonly Receipt[]>;
  /** Outcomes of a conversation's receipts by message id. */
  outcomes(customer?: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** The customer of a message that names none. */
export const customer = '4915550001111';

/** A dialog that takes some time and answers once. */
export function answering(ms = 0, text = 'answer'): Dialog {
  return async turn => {
    await turn.think();
    if (ms > 0) await new Promise(resolve => setTimeout(resolve, ms));
    const reply = `${text} to ${turn.message.messageId}`;
    await turn.beforeReply(reply.length);
    await turn.send({ type: 'text', text: reply });
  };
}

/** Builds a world; `close` takes it down and fails if a timer was left. */
export async function engineWorld(options: WorldOptions = {}): Promise<World> {
  const {
    capabilities = metaLike,
    policies = {},
    dialog = answering(),
    told = async () => {},
    gateway = true,
    sidecar = false,
    hooks = [],
    path = ':memory:',
  } = options;
  const time = fakeTime();
  let events = 0;
  const order = () => {
    events += 1;
    return events;
  };
  const store = await openSqliteStore({ path, thread: false });
  const channel = scriptedChannel(capabilities, order);
  const log = quietLog();
  const turns: World['turns'] = [];
  const engine = createEngine({
    store: options.wrapStore?.(store) ?? store,
    channels: [channel],
    policies: createPolicyBook(parsePolicyBook(policies), [channel]),
    clock: systemClock,
    scheduler: systemScheduler,
    log,
    random: options.random ?? (() => 0.5),
    sidecar,
    hooks,
    ...(options.telemetry && { telemetry: options.telemetry }),
    ...(gateway && {
      async onTurn(turn: Turn) {
        if (turn.message.kind === 'handoff') return told(turn);
        const seen: World['turns'][0] = {
          messageId: String(turn.message.messageId),
          began: order(),
          attempt: turn.attempt,
        };
        turns.push(seen);
        try {
          await dialog(turn);
        } finally {
          seen.ended = order();
        }
      },
    }),
  });
  engine.start();

  const inbound = (given: string | Partial<InboundMessage>): InboundMessage => {
    const over = typeof given === 'string' ? { providerId: given } : given;
    const id = over.providerId ?? 'none';
    const base = {
      channel: 'meta',
      business: 'b1',
      customer,
      kind: 'message',
      key: id,
      sentAt: Date.now(),
    } as const;
    return { ...base, content: { type: 'text', text: `text of ${id}` }, ...over };
  };
  const receipts = async (of = customer) => {
    const conversation = await store.conversation({ channel: 'meta', business: 'b1', customer: of });
    return conversation === undefined ? [] : store.listReceipts(conversation.id, 1000);
  };
  return {
    time,
    store,
    channel,
    engine,
    log,
    turns,
    async say(...ids) {
      await engine.admit(channel, { messages: ids.map(inbound), acknowledgements: [], rejected: [] });
      await time.settle();
    },
    receipts,
    async outcomes(of) {
      return Object.fromEntries((await receipts(of)).map(({ messageId, outcome }) => [messageId, outcome]));
    },
    async close() {
      const stopped = engine.stop();
      // What was under way towards a provider that hangs ends by the clock.
      await time.pass(60_000);
      await stopped;
      await store.close();
      const left = time.pending();
      time.restore();
      if (left > 0) throw new Error(`${left} timers were left running`);
    },
  };
}

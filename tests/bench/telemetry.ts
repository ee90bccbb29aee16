import { join } from 'node:path';
import { BotAdapter, TurnContext } from 'botbuilder';
import {
  createEngine,
  createPolicyBook,
  createWhatsAppAdapter,
  type Engine,
  type EngineOptions,
  type InboundMessage,
  openSqliteStore,
  ReceiptMiddleware,
  type Store,
} from '../../middleware/index.ts';
import { memoryTelemetry } from '../support/memoryTelemetry.ts';
import { metaLike, type ScriptedChannel, scriptedChannel } from '../support/scriptedChannel.ts';
import { collectGarbage } from './collectGarbage.ts';
import { median, ratioRow, type Section } from './report.ts';

const messagesARound = 500;
const rounds = 40;
const inFlight = 32;

/** One engine that tells more or less. */
interface Contender {
  readonly engine: Engine;
  readonly channel: ScriptedChannel;
  readonly store: Store;
  /** Messages a second of this thread's processor time, of each round. */
  readonly rates: number[];
}

/** What telemetry costs a message: from its admission over its receipt and its turn to the reply. */
export async function benchTelemetry(folder: string): Promise<Section> {
  const telemetry = memoryTelemetry();
  const off = await open(join(folder, 'off.sqlite'), { telemetry: false });
  const api = await open(join(folder, 'api.sqlite'), {});
  const sdk = await open(join(folder, 'sdk.sqlite'), { telemetry });
  const contenders = [off, api, sdk];
  for (let round = 0; round <= rounds; round += 1) {
    // Each goes first in its turn, so that none has always the same one before it.
    contenders.push(...contenders.splice(0, 1));
    for (const contender of contenders) {
      collectGarbage({ type: 'minor' });
      const rate = await run(contender, round);
      // The first round warms up.
      if (round > 0) contender.rates.push(rate);
      telemetry.forget();
    }
  }
  for (const { engine, store } of contenders) {
    await engine.stop();
    await store.close();
  }
  const microseconds = ({ rates }: Contender) => (1e6 / median(rates)).toFixed(0);
  return {
    title: 'Telemetry',
    shape: `In one process, ${inFlight} messages in flight: each is admitted, marked read, answered by a bot behind the WhatsApp
adapter that says one thing, and its reply is taken; the channel answers at once. Ratios of messages a second of processor time, of the
thread that all of it but the store runs on, to an engine that counts and traces nothing; medians of ${rounds} interleaved rounds of ${messagesARound} messages, quartiles in brackets. The SDK is
OpenTelemetry's own, with every span kept in memory: four a message.`,
    beside: 'nothing of the kind.',
    rows: [
      ratioRow('counted, and OpenTelemetry’s API without an SDK', api.rates, off.rates, { least: 0.97 }),
      ratioRow('with an SDK, every message traced', sdk.rates, off.rates),
      {
        what: 'microseconds a message',
        value: `without ${microseconds(off)}, API ${microseconds(api)}, SDK ${microseconds(sdk)}`,
      },
    ],
  };
}

async function open(path: string, options: Pick<EngineOptions, 'telemetry'>): Promise<Contender> {
  const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext }).use(new ReceiptMiddleware());
  let order = 0;
  const channel = scriptedChannel({ ...metaLike, callsPerSecond: 1_000_000 }, () => order++);
  const store = await openSqliteStore({ path });
  const engine = createEngine({
    ...options,
    store,
    channels: [channel],
    policies: createPolicyBook({}, [channel]),
    onTurn: turn =>
      adapter.processTurn(turn, async context => {
        await context.sendActivity('It is ready: come by until six.');
      }),
  });
  engine.start();
  return { engine, channel, store, rates: [] };
}

async function run({ engine, channel, store }: Contender, round: number): Promise<number> {
  const left = Array.from({ length: messagesARound }, (_, number) => messageOf(round, number)).values();
  const start = process.threadCpuUsage();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const message of left) {
        await engine.admit(channel, { messages: [message], acknowledgements: [], rejected: [] });
        await new Promise(setImmediate);
      }
    }),
  );
  while (channel.calls.filter(({ what }) => what === 'send').length < messagesARound)
    await new Promise(setImmediate);
  const { user, system } = process.threadCpuUsage(start);
  const rate = messagesARound / ((user + system) / 1e6);
  // What one contender leaves behind is not the next one's.
  await store.ping(Date.now());
  channel.calls.length = 0;
  return rate;
}

function messageOf(round: number, number: number): InboundMessage {
  const id = `wamid.${round}.${number}`;
  return {
    channel: 'meta',
    business: 'b1',
    customer: `49155${String(number).padStart(8, '0')}`,
    kind: 'message',
    key: id,
    providerId: id,
    sentAt: Date.now(),
    content: { type: 'text', text: 'Is my bicycle ready?' },
  };
}

import { createMetaChannel } from '../../middleware/channels/meta/metaChannel.ts';
import type { EngineOptions } from '../../middleware/index.ts';
import { createPolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../../middleware/policy/schema.ts';
import type { Store, WebhookChannel } from '../../middleware/ports.ts';
import { createEngine, type Engine } from '../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import type { Phone } from '../simulator/phone.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
import type { FakeTime } from './fakeTime.ts';
import { startWebhookServer } from './webhookServer.ts';
import { watchWork } from './workWatch.ts';

/** What a {@link TestBed} is made with: the bot, and whatever else of the engine's a test wants otherwise. */
export interface TestBedOptions
  extends Partial<Pick<EngineOptions, 'onTurn' | 'sidecar' | 'log' | 'random' | 'hooks' | 'ways'>> {
  /** The policy book, as its file would hold it. Default: Bluetick's own policy. */
  readonly policies?: object;
  /** A clock in the test's hands, for the engine and the simulator. Default: the machine's. */
  readonly time?: FakeTime;
  /** The store's file, for a test that starts twice. Default: none, in memory. */
  readonly path?: string;
  /** More of the simulator. */
  readonly simulator?: Pick<
    SimulatorOptions,
    'typingMs' | 'windowMs' | 'deliveredBeforeRead' | 'tellsRevokes' | 'retry'
  >;
}

/** A bot with customers' phones before it: what a user of Bluetick tests against. */
export interface TestBed {
  readonly simulator: Simulator;
  readonly channel: WebhookChannel;
  readonly engine: Engine;
  readonly store: Store;
  /** A customer's phone. See {@link Simulator.phone}. */
  phone(customer?: string): Phone;
  /** Ends everything, and frees every port. */
  close(): Promise<void>;
}

/** The one business number: Meta's own documentation has it in its examples. */
export const sampleBusiness = '106540352242922';

/** The customer of a phone that is not asked for by number. */
export const sampleCustomer = '4915550001111';

/** What the parts prove themselves to each other with. They never leave the machine. */
const secrets = { accessToken: 'token', appSecret: 'secret', verifyToken: 'verify' };

/**
 * Starts a WhatsApp of one's own, with an engine behind it that runs a bot: webhooks are signed and calls are made over HTTP on
 * 127.0.0.1, the store is SQLite. Nothing leaves the machine.
 *
 * ```ts
 * await using bed = await startTestBed({ onTurn: turn => adapter.processTurn(turn, context => bot.run(context)) });
 * ```
 */
export async function startTestBed(options: TestBedOptions = {}): Promise<TestBed & AsyncDisposable> {
  const { policies = {}, time, path = ':memory:', simulator: more, ...engineOptions } = options;
  const clockwork = time && { clock: time.clock, scheduler: time.scheduler };
  await using begun = new AsyncDisposableStack();
  const simulator = await createSimulator({
    ...secrets,
    ...more,
    ...clockwork,
    phoneNumberIds: [sampleBusiness],
  });
  begun.defer(() => simulator.close());
  const work = watchWork();
  time?.standStillWhile(work.busy);
  const opened = await openSqliteStore({ path });
  const store = time === undefined ? opened : work.over(opened);
  begun.defer(() => store.close());
  const connected = createMetaChannel({ ...simulator.channelOptions, name: 'simulator' });
  const channel = time === undefined ? connected : work.over(connected);
  begun.defer(() => channel.close());
  const book = createPolicyBook(parsePolicyBook(policies), [channel]);
  const engine = createEngine({ ...engineOptions, ...clockwork, store, channels: [channel], policies: book });
  begun.defer(() => engine.stop());
  const server = await startWebhookServer(engine, channel);
  begun.defer(() => server.close());
  simulator.webhookUrl = server.url;
  engine.start();
  const ends = begun.move();
  const close = () => ends.disposeAsync();
  return {
    simulator,
    channel,
    engine,
    store,
    phone: (customer = sampleCustomer) => simulator.phone(customer),
    close,
    [Symbol.asyncDispose]: close,
  };
}

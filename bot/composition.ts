import { randomBytes } from 'node:crypto';
import { BotAdapter, TurnContext } from 'botbuilder';
import type { HookSender } from '../middleware/acknowledgements/hooks/hookSender.ts';
import { commands } from '../middleware/commands/commands.ts';
import { WorkItems } from '../middleware/dynamics/workItems.ts';
import { describeError } from '../middleware/errors.ts';
import { OmnichannelMiddleware } from '../middleware/omnichannelMiddleware.ts';
import { createPolicyBook } from '../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../middleware/policy/schema.ts';
import type { Channel, Logger, Store, WebhookChannel } from '../middleware/ports.ts';
import { ReceiptMiddleware } from '../middleware/receiptMiddleware.ts';
import { createEngine, type Engine } from '../middleware/receipts/engine.ts';
import { PolicyFollower } from '../middleware/receipts/policyFollower.ts';
import { PolicySettings } from '../middleware/receipts/policySettings.ts';
import type { TurnHandler } from '../middleware/receipts/turnRunner.ts';
import { systemClock, systemScheduler } from '../middleware/timing/systemClock.ts';
import { defaultReaders } from '../middleware/turn/readMessage.ts';
import { runningTurnOf } from '../middleware/turn/turnOf.ts';
import { createWhatsAppAdapter } from '../middleware/turn/whatsAppAdapter.ts';
import { type NetworkFrom, networkFrom } from './access/networkFrom.ts';
import { RequestLimits } from './access/requestLimits.ts';
import type { DataverseConfig } from './config/dynamics.ts';
import type { SignInConfig } from './config/signIn.ts';
import type { Config } from './config.ts';
import { createConnector } from './connector.ts';
import { ConnectorAdapter } from './connectorAdapter.ts';
import { createConnectorAuthentication } from './connectorAuthentication.ts';
import { createSkill } from './copilot/skill/skill.ts';
import { type CustomerBot, createCustomerBot } from './customerBot.ts';
import { createEmulator } from './emulator/createEmulator.ts';
import { tolerateRefusedEvents } from './emulator/tolerateRefusedEvents.ts';
import type { TwilioIntake } from './intake/twilioIntake.ts';
import { openChannels } from './openChannels.ts';
import { openTwilioIntake } from './openTwilioIntake.ts';
import { RetentionSweeper } from './retentionSweeper.ts';
import type { Connector } from './routes/botFramework.ts';
import type { DataverseCounts } from './routes/dataverse.ts';
import { Renewal } from './secrets/renewal.ts';
import type { Simulator } from './simulator/simulator.ts';
import { createStreams } from './stream/createStreams.ts';
import type { Streams } from './stream/streams.ts';
import { TemplateBook } from './templates/templateBook.ts';
import { FileUploads, uploadsFolder } from './uploads/fileUploads.ts';
import { SharedUploads } from './uploads/sharedUploads.ts';
import { UploadSweeper } from './uploads/sweeper.ts';
import type { Uploads } from './uploads/uploads.ts';
import { createWaysOut, type WaysOut } from './waysOut.ts';

/** The parts, put together. */
export interface App {
  readonly store: Store;
  /** Every channel that is on, the Emulator's too where a bot runs. */
  readonly channels: readonly Channel[];
  /** Those of them that tell by webhooks what customers send. */
  readonly webhooks: readonly WebhookChannel[];
  readonly policies: PolicySettings;
  readonly engine: Engine;
  /** What Dynamics 365 told of its conversations. */
  readonly workItems: WorkItems;
  /** How Dynamics 365 tells, by which keys now, and what came of it since the start; absent: it does not. */
  readonly dataverse:
    | {
        readonly config: DataverseConfig;
        readonly keys: () => readonly string[];
        readonly counts: DataverseCounts;
      }
    | undefined;
  /** How the parts come to new secrets. */
  readonly renewal: Renewal;
  /** How often each may ask. */
  readonly limits: RequestLimits;
  /** Whose network a request comes from, for limits by address. */
  readonly networkFrom: NetworkFrom;
  /** The origins of the pages from which agents' browsers may call. */
  readonly origins: readonly string[];
  /** What the escalation of a message may ask for. */
  readonly escalation: WaysOut['allowed'];
  /** How Twilio's webhooks are taken in, spool and pass-through with it; absent: the channel is off. */
  readonly twilio: TwilioIntake | undefined;
  /** Who sends the web hooks; absent where they are off. */
  readonly hookSender: Pick<HookSender, 'counts'> | undefined;
  /** The bot and the skill behind `/api/messages`; absent where neither runs. */
  readonly connector: Connector | undefined;
  /** `MicrosoftAppId`; absent: agents cannot call the host as their skill. */
  readonly appId: string | undefined;
  /** Those who read the live stream. */
  readonly streams: Streams;
  /** How people sign in to the console. */
  readonly signIn: SignInConfig;
  /** The templates that agents may choose from. */
  readonly templates: TemplateBook;
  /** Files that agents send. */
  readonly uploads: Uploads;
  /** How a customer's phone reaches this host; `undefined`: it does not, or that is not known yet. */
  readonly urlForPhones: () => string | undefined;
  /** `PUBLIC_URL`: how the world reaches this host. */
  readonly publicUrl: string | undefined;
  /** The local WhatsApp behind the default start; absent when a real channel is on. */
  readonly simulator: Simulator | undefined;
  /** Begins to work, with what an earlier process left. */
  start(): void;
  /** Ends everything in order: no new work, what is under way, connections, the store. */
  close(): Promise<void>;
}

/**
 * Puts the parts together by the settings: the one place that knows them all.
 *
 * @param store an open one; it is closed with the rest, also where a part refuses
 * @param urlForPhones how a customer's phone reaches this host, once that is known; the bot's pictures lie there
 */
export async function compose(
  config: Config,
  log: Logger,
  store: Store,
  urlForPhones: () => string | undefined = () => config.publicUrl,
): Promise<App> {
  // What was begun is ended again, in reverse, if a later step refuses.
  await using begun = new AsyncDisposableStack();
  begun.defer(() => store.close());
  // OpenTelemetry's SDK is loaded for those who use it. It ends behind the engine, of which it tells.
  const monitoring =
    config.monitoring &&
    (await (await import('./telemetry/startMonitoring.ts')).startMonitoring(config.monitoring));
  if (monitoring !== undefined) begun.defer(() => monitoring.stop());
  const simulator = config.simulator ? await startSimulator() : undefined;
  if (simulator !== undefined) begun.defer(() => simulator.close());
  if (simulator !== undefined && store.sharing !== undefined)
    log.warn(
      {},
      'The simulator and its phones are this process’s own: run one instance with it, and no more',
    );
  const renewal = new Renewal(config);
  const webhooks = await openChannels(renewal, simulator, log);
  for (const channel of webhooks) begun.defer(() => channel.close());
  const { microsoftApp, allowedCallers, publicUrl } = config;
  const authentication = createConnectorAuthentication(microsoftApp, allowedCallers, log);
  const adapter = config.mode === 'gateway' ? new ConnectorAdapter(authentication) : undefined;
  if (adapter !== undefined) adapter.onTurnError = apologise(log);
  const emulator = adapter && createEmulator(microsoftApp?.id ?? '', adapter, log);
  if (emulator !== undefined) begun.defer(() => emulator.channel.close());
  const channels = emulator === undefined ? webhooks : [...webhooks, emulator.channel];
  const file = parsePolicyBook(config.policyBook);
  const book = createPolicyBook(file, channels);
  const policies = await PolicySettings.load(store, book);
  const parts = { store, clock: systemClock, scheduler: systemScheduler, log };
  const policyFollower = new PolicyFollower({ ...parts, policies });
  begun.defer(() => policyFollower.stop());
  const watched = emulator?.watch(store) ?? store;
  const bot =
    config.mode === 'gateway'
      ? createCustomerBot(config.relay, { store: watched, log, urlForPhones })
      : undefined;
  const waysOut = await createWaysOut(config.ways, renewal, store, log);
  const { ways, sender } = waysOut;
  begun.defer(() => waysOut.close());
  if (sender !== undefined) begun.defer(() => sender.stop());
  const engine = createEngine({
    store: watched,
    channels,
    policies,
    log,
    ways,
    ...(monitoring && { telemetry: monitoring }),
    hooks: sender?.listening(config.ways.hooks?.told ?? []) ?? [],
    sidecar: config.mode === 'sidecar',
    ...(bot && { onTurn: serveWhatsApp(bot, log) }),
  });
  begun.defer(async () => {
    // In this order: a turn that waits for somebody else then sees that all of it stops, and is none that failed.
    await Promise.all([engine.stop(), bot?.stop()]);
  });
  const streams = createStreams(engine, channels, { store, log });
  begun.defer(() => streams.close());
  const network = networkFrom(config.proxies);
  const limits = new RequestLimits({
    perSecond: config.requestsPerSecond,
    networkFrom: network,
    clock: systemClock,
    count: of => engine.meters.add('limited', [of]),
  });
  // An event is told when the web hooks that it makes are committed.
  if (sender !== undefined) engine.onLedger(() => sender.wake());
  const readers = [...defaultReaders, ...(emulator === undefined ? [] : [emulator.reader])];
  const { workstreams } = file;
  const workItems = new WorkItems({
    ...config.dataverse,
    store,
    engine,
    channels: webhooks,
    workstreams,
  });
  adapter?.use(
    new ReceiptMiddleware({ engine, readers, silentWhileHeld: true }),
    new OmnichannelMiddleware({ engine, readers, workItems }),
    tolerateRefusedEvents(log),
  );
  const connector =
    bot === undefined && allowedCallers.length === 0
      ? undefined
      : createConnector({
          authentication,
          authenticates: microsoftApp !== undefined,
          limits,
          publicUrl,
          bot: bot && adapter && { adapter, run: context => bot.run(context) },
          skill: createSkill({
            commands,
            work: { engine, store, channels, policies, clock: systemClock },
            log,
          }),
        });
  const twilio = await openTwilioIntake(config, { channels: webhooks, renewal, engine, store, log });
  if (twilio !== undefined) begun.defer(() => twilio.close());
  const keeping = { clock: systemClock, keepMs: keepUploadsMs };
  const uploads =
    store.files === undefined
      ? new FileUploads(uploadsFolder(config.dataFolder), keeping)
      : new SharedUploads(store.files, keeping);
  const sweeper = new UploadSweeper(uploads, log);
  begun.defer(() => sweeper.stop());
  const retention = new RetentionSweeper({ ...parts, uploads, keepDays: config.retentionDays });
  begun.defer(() => retention.stop());
  const ends = begun.move();
  return {
    store,
    channels,
    webhooks,
    policies,
    engine,
    workItems,
    dataverse: config.dataverse && {
      config: config.dataverse,
      keys: () => renewal.config.dataverse?.keys ?? [],
      counts: {},
    },
    renewal,
    limits,
    networkFrom: network,
    origins: config.corsOrigins,
    escalation: waysOut.allowed,
    twilio,
    hookSender: sender,
    connector,
    appId: microsoftApp?.id,
    streams,
    signIn: config.signIn,
    templates: new TemplateBook(config.templates),
    uploads,
    urlForPhones,
    publicUrl,
    simulator,
    start() {
      policyFollower.start();
      engine.start();
      sender?.start();
      twilio?.start();
      sweeper.start();
      retention.start();
    },
    close: () => ends.disposeAsync(),
  };
}

/** How long an agent's file is kept: WhatsApp fetches it at once, but a thread is looked at again. */
const keepUploadsMs = 30 * 24 * 60 * 60 * 1000;

/** The bot behind the adapter, with the middleware in its pipeline: what another bot's host would write. */
function serveWhatsApp(bot: CustomerBot, log: Logger): TurnHandler {
  const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext });
  adapter.use(new ReceiptMiddleware());
  if (!bot.triesAgain) adapter.onTurnError = apologise(log);
  return turn => adapter.processTurn(turn, context => bot.run(context));
}

function apologise(log: Logger) {
  return async (context: TurnContext, error: Error): Promise<void> => {
    const turn = runningTurnOf(context);
    const about = turn && { conversation: turn.conversation.id, message: turn.message.ref };
    (turn?.log ?? log).error({ ...about, ...describeError(error) }, 'The bot failed');
    await context.sendActivity('Sorry, something went wrong here. Please ask again.');
  };
}

/** The one business number of the simulator: Meta's own documentation has it in its examples. */
const simulatedBusiness = '106540352242922';

async function startSimulator(): Promise<Simulator> {
  const { createSimulator } = await import('./simulator/simulator.ts');
  const secret = () => randomBytes(24).toString('base64url');
  return createSimulator({
    accessToken: secret(),
    appSecret: secret(),
    verifyToken: secret(),
    phoneNumberIds: [simulatedBusiness],
  });
}

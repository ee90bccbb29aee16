import { Escalator } from '../acknowledgements/escalator.ts';
import type { Figures } from '../acknowledgements/figures/figures.ts';
import { Ledger } from '../acknowledgements/ledger.ts';
import type { LedgerListener } from '../acknowledgements/listeners.ts';
import type { StatusReport } from '../acknowledgements/statusIntake.ts';
import type { ByAgent, Cause } from '../audit.ts';
import type {
  Address,
  ChannelEvents,
  ChannelName,
  Conversation,
  ConversationState,
  HandoffBrief,
  HandoffNotes,
  HandoffState,
  OutboundContent,
} from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { TypingDecision } from '../policy/decideTyping.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Channel, Logger, Receipt } from '../ports.ts';
import { correlatedLog, silent } from '../telemetry/correlatedLog.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { systemClock, systemScheduler } from '../timing/systemClock.ts';
import { type AdmissionReport, Admitter } from './admitter.ts';
import { type AgentEvent, type AgentReport, AgentReports } from './agentReports.ts';
import { AgentSigns } from './agentSigns.ts';
import { CallGate } from './callGate.ts';
import { CallMeasure } from './callMeasure.ts';
import { type ChangeListener, Changes } from './changes.ts';
import { type CustomerTypingListener, CustomerTypings } from './customerTypings.ts';
import { Dispatcher } from './dispatcher.ts';
import type { EngineOptions } from './engineOptions.ts';
import { type EngineParts, oneAtATime, policyResolver } from './engineParts.ts';
import { Handoff } from './handoff.ts';
import { briefOf } from './handoffBrief.ts';
import { Holding } from './holding.ts';
import { nameWebhooks } from './nameWebhooks.ts';
import { Outbox, type SendOptions } from './outbox.ts';
import { ParkedReplies } from './parkedReplies.ts';
import { patchPolicy } from './patchPolicy.ts';
import { posting } from './posting.ts';
import { ProactiveTurn } from './proactiveTurn.ts';
import { readGauges } from './readGauges.ts';
import { type Hold, ReceiptHolder } from './receiptHolder.ts';
import { type ReadTarget, ReceiptMarker } from './receiptMarker.ts';
import { ReceiptReleaser } from './receiptReleaser.ts';
import { ReceiptSender } from './receiptSender.ts';
import { type Replay, Replayer } from './replayer.ts';
import type { Posted, Sent } from './sent.ts';
import { SharedReports } from './sharedReports.ts';
import { Signals } from './signals.ts';
import { tellUnread } from './tellUnread.ts';
import type { Turn } from './turn.ts';
import { type HostedMessage, type Hosting, TurnAdopter } from './turnAdopter.ts';
import { TurnRunner } from './turnRunner.ts';
import type { TurnTools } from './turnTools.ts';
import { TypingIndicator } from './typingIndicator.ts';

/** What {@link Engine.send} may be told beside the message: see {@link Outbox.send}. */
export type PostOptions = Pick<SendOptions, 'sender' | 'escalate' | 'idempotencyKey'>;

/** The engine: it admits what customers send, and makes true what the policy decides. */
export interface Engine {
  /** Admits a webhook; resolves when it is safe to answer 2xx. See {@link Admitter.admit}. */
  admit(channel: Channel, events: ChannelEvents): Promise<AdmissionReport>;
  /** Takes a message under control that another adapter received. See {@link TurnAdopter.adopt}. */
  adopt(message: HostedMessage, hosting: Hosting): Promise<Turn | undefined>;
  /** Sends a message outside a turn. See {@link Outbox.send}. One of an agent's is the event `replied` too. */
  send(conversation: Conversation, content: OutboundContent, options?: PostOptions): Promise<Sent>;
  /** The same for whoever wants to know of a message also where the provider refuses it. See {@link Outbox.post}. */
  post(conversation: Conversation, content: OutboundContent, options?: PostOptions): Promise<Posted>;
  /** Tries again what was set aside. See {@link Replayer.replay}. */
  replay(id: string): Promise<Replay | undefined>;
  /** Marks messages read now, whatever their moment. See {@link ReceiptMarker}. `cause`: who asks; default `key`. */
  markRead(target: ReadTarget, cause?: Cause): Promise<readonly Receipt[]>;
  /** Holds receipts until they are marked read. See {@link ReceiptHolder.hold}. `cause`: as {@link Engine.markRead} has it. */
  hold(conversation: Pick<Conversation, 'id'>, cause?: Cause, message?: string): Promise<Hold>;
  /** Shows typing once, as far as policy and channel allow it; answers whether, and why. It ends by itself. */
  showTyping(conversation: Conversation): Promise<TypingDecision>;
  /** Writes a checked document over a conversation's own policy. See {@link patchPolicy}. */
  patchPolicy(
    conversation: string,
    document: PolicyDocument,
    options?: { readonly replaces?: boolean },
  ): Promise<Conversation>;
  /**
   * A program, or somebody who is signed in, has the bot let go of a conversation. See {@link Handoff.begin}.
   *
   * @param given what agents are told of it. Default nothing
   * @param who who asks, for the audit. Default not known
   */
  handOff(conversation: string, given?: HandoffNotes, who?: ByAgent): Promise<Conversation>;
  /** They give the conversation back to its bot. See {@link Handoff.takeBack}. `who`: as {@link Engine.handOff} has it. */
  takeBack(conversation: string, who?: ByAgent): Promise<Conversation>;
  /** What the agent who takes a conversation is given; `undefined`: it is with no agents. See {@link briefOf}. */
  handoff(conversation: string): Promise<HandoffBrief | undefined>;
  /** An agent did something. See {@link AgentReports.report}. */
  reportAgent(conversation: string, event: AgentEvent, by?: AgentReport): Promise<Conversation>;
  /** A hub for agents said what became of a hand-off. See {@link Handoff.hear}. */
  reportHandoff(
    conversation: string | Address,
    state: HandoffState | 'initiated',
    given?: HandoffNotes,
  ): Promise<void>;
  /** Opens a conversation that the bot speaks in of its own accord. See {@link ProactiveTurn}. */
  openProactive(conversation: string): Promise<ProactiveTurn>;
  /** Calls a listener with everything that happens to messages from now on; the answer takes it away. */
  onLedger(listener: LedgerListener): () => void;
  /** Changes holder, workstream or policy of a conversation, and tells who listens. See `Store.changeConversation`. */
  changeConversation(
    id: string,
    change: { [K in keyof ConversationState]?: ConversationState[K] | null },
  ): Promise<Conversation | undefined>;
  /** Calls a listener with everything that changes from now on; the answer takes it away. See {@link Changes}. */
  onChange(listener: ChangeListener): () => void;
  /** Calls a listener whenever a customer begins or ceases to write, where channels tell; the answer takes it away. */
  onCustomerTyping(listener: CustomerTypingListener): () => void;
  /** What was counted, and how fast things went. */
  readonly figures: Pick<Figures, 'insights' | 'engagement'>;
  /** What all statuses since the start came to. */
  readonly statuses: Readonly<StatusReport>;
  /** Counts what the host around the engine does. */
  readonly meters: Pick<Telemetry['meters'], 'add'>;
  /** Every metric since the engine was made, and how it is now: see `docs/telemetry.md`. */
  metrics(): ReturnType<Telemetry['meters']['read']>;
  /** Where the engine, and what works with it, tells what it does. */
  readonly log: Logger;
  /** Begins to work, with what an earlier process left. */
  start(): void;
  /** Ends what is under way and takes nothing new; what is owed stays owed. The store is the caller's to close. */
  stop(): Promise<void>;
}

/** How long a stop waits for a call that shows typing. */
const stopPatienceMs = 1500;

/**
 * Puts the engine together. It does nothing before {@link Engine.start}.
 *
 * @throws BluetickError `invalid_configuration` if a sidecar is to run a bot
 */
export function createEngine(options: EngineOptions): Engine {
  const {
    store,
    clock = systemClock,
    scheduler = systemScheduler,
    onTurn,
    sidecar = false,
    random = Math.random,
  } = options;
  if (sidecar && onTurn !== undefined) {
    const message = 'sidecar: got true with onTurn, allowed: one of them, as a sidecar runs no bot';
    throw new BluetickError('invalid_configuration', message, { field: 'sidecar' });
  }
  const stop = new AbortController();
  const { hooks = [] } = options;
  const { channels } = options;
  const figures = { velocities: () => ledger.figures.velocities() };
  const gauges = () => readGauges({ store, clock, scheduler, channels, figures });
  const telemetry = new Telemetry(clock, gauges, options.telemetry ?? {});
  const { meters } = telemetry;
  const log = correlatedLog(options.log ?? silent, telemetry.tracing);
  const ledger: Ledger = new Ledger({ store, clock, scheduler, log, hooks, meters });
  const changes = new Changes({ store, clock, log, ledger });
  const parts: EngineParts = {
    store,
    channels: new Map<ChannelName, Channel>(channels.map(channel => [channel.name, channel])),
    clock,
    scheduler,
    log,
    telemetry,
    random,
    signals: new Signals(store.sharing !== undefined),
    handing: oneAtATime(store.sharing),
    stopping: stop.signal,
    ledger,
    changes,
    hooks,
    dispatcher: {
      take: claims => dispatcher.take(claims),
      wakeAt: at => dispatcher.wakeAt(at),
      hold: (claim, work) => dispatcher.hold(claim, work),
      hasRoom: () => dispatcher.hasRoom(),
      leaseOf: (kind, conversation) => dispatcher.leaseOf(kind, conversation),
    },
    policyOf: policyResolver(options.policies),
  };
  const gate = new CallGate(clock, log, new CallMeasure(meters, clock), store.sharing);
  const reports = store.sharing && new SharedReports(channels, { store, scheduler, log, gate });
  const typing = new TypingIndicator(parts, gate);
  const sender = new ReceiptSender(parts, gate, typing);
  const outbox = new Outbox(parts, gate);
  const releaser = new ReceiptReleaser(parts);
  const signs = new AgentSigns(parts, { typing, gate });
  const holding = new Holding(
    parts,
    { releaser, signs },
    { home: sidecar ? 'queue' : 'bot', tellsBot: onTurn !== undefined },
  );
  const agents = new AgentReports(parts, { releaser, typing, signs, holding });
  const handoff = new Handoff(parts, { typing, holding, agents });
  const marker = new ReceiptMarker(parts, releaser);
  const holder = new ReceiptHolder(parts, sender, releaser);
  const post = posting(outbox, { agents, signs });
  const tools: TurnTools = {
    parts,
    sender,
    typing,
    outbox,
    releaser,
    handoff,
    agents,
    signs,
    marker,
    parked: new ParkedReplies(),
  };
  const turns = new TurnRunner(tools, onTurn ?? (async () => {}));
  const agentReplied = (conversation: string) => agents.report(conversation, 'replied', { via: 'status' });
  const admitter = new Admitter(parts, reports ?? gate, agentReplied, onTurn !== undefined);
  const adopter = new TurnAdopter(tools, admitter);
  const replayer = new Replayer(parts, admitter, onTurn !== undefined);
  const escalator = new Escalator({
    ...parts,
    ways: options.ways ?? new Map(),
    wakeAt: at => dispatcher.wakeAt(at),
    isOurs: async (conversation): Promise<boolean> =>
      (await dispatcher.leaseOf('escalation', conversation)?.holds()) !== false,
    applyStatuses: (channel, acknowledgements) =>
      admitter.admit(channel, { messages: [], acknowledgements, rejected: [] }),
    emit: event => ledger.tell(event),
  });
  const dispatcher = new Dispatcher(parts, {
    receipt: conversation => sender.run(conversation),
    turn: conversation => turns.run(conversation),
    outbound: conversation => outbox.run(conversation),
    escalation: conversation => escalator.run(conversation),
  });
  const typings = new CustomerTypings(log);
  const nextWebhook = nameWebhooks();
  typings.add(event => changes.customerTypes(event));
  return {
    async admit(channel, events) {
      const webhook = nextWebhook();
      const report = await admitter.admit(channel, events, webhook);
      log.debug({ channel: channel.name, webhook, ...report }, 'Webhook admitted');
      typings.tell(channel, events.typing);
      return report;
    },
    adopt: (message, hosting) => adopter.adopt(message, hosting),
    async send(conversation, content, options) {
      const { sent, error } = await post(conversation, content, options);
      if (error !== undefined) throw error;
      return sent;
    },
    post,
    replay: id => replayer.replay(id),
    markRead: (target, cause = { by: 'key' }) => marker.markRead(target, cause),
    hold: (conversation, cause = { by: 'key' }, message) => holder.hold(conversation, cause, message),
    showTyping: conversation => signs.showTyping(conversation),
    patchPolicy: (conversation, ...patch) =>
      parts.handing.run(conversation, () => patchPolicy(parts, conversation, ...patch)),
    handOff: (conversation, given, who) => handoff.begin(conversation, 'api', given, who),
    takeBack: (conversation, who) => handoff.takeBack(conversation, 'api', who),
    handoff: async conversation => briefOf(store, await holding.find(conversation)),
    reportAgent: (conversation, event, by) => agents.report(conversation, event, by),
    reportHandoff: (conversation, state, given) => handoff.hear(conversation, state, given),
    openProactive: conversation => ProactiveTurn.open(tools, conversation),
    onLedger: listener => ledger.subscribe(listener),
    changeConversation: (id, change) => changes.changeConversation(id, change),
    onChange: listener => changes.add(listener),
    onCustomerTyping: listener => typings.add(listener),
    get statuses() {
      return ledger.statuses.totals;
    },
    figures: ledger.figures,
    meters,
    metrics: () => meters.read(),
    log,
    start() {
      tellUnread(channels, options.policies, log);
      dispatcher.start();
      reports?.start();
      ledger.start();
    },
    async stop() {
      stop.abort(new DOMException('Bluetick stops', 'AbortError'));
      reports?.stop();
      await Promise.all([dispatcher.stop(), typing.stop(stopPatienceMs)]);
      await ledger.stop();
      meters.stop();
    },
  };
}

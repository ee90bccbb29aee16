import { Escalator } from '../../middleware/acknowledgements/escalator.ts';
import type { EscalationCall, EscalationWayOut } from '../../middleware/acknowledgements/ways/way.ts';
import type { Acknowledgement, OutboundContent, ReportedLevel } from '../../middleware/domain.ts';
import type {
  Channel,
  Escalation,
  EscalationRule,
  EscalationWay,
  LedgerEvent,
  OutboundRequest,
  Store,
} from '../../middleware/ports.ts';
import { Dispatcher } from '../../middleware/receipts/dispatcher.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock, systemScheduler } from '../../middleware/timing/systemClock.ts';
import { quietLog } from './engineWorld.ts';
import { type FakeTime, fakeTime } from './fakeTime.ts';
import { failures, metaLike, scriptedChannel } from './scriptedChannel.ts';

/** How a scripted way answers one call: after some time or never, with an error or well. */
export interface WayAnswer {
  readonly afterMs?: number | 'hang';
  readonly error?: () => unknown;
}

/** One call as a way got it. */
export interface WayCall extends EscalationCall {
  readonly type: EscalationWay['type'];
  /** Milliseconds from the start of the world. */
  readonly at: number;
}

/** A worker, or several, on a real store, with scripted ways, on a fake clock. */
export interface EscalationWorld {
  readonly time: FakeTime;
  readonly store: Store;
  readonly channel: ReturnType<typeof scriptedChannel> & Pick<Channel, 'fetchStatus'>;
  readonly calls: WayCall[];
  readonly events: (LedgerEvent & { readonly type: 'message.escalated' })[];
  readonly log: ReturnType<typeof quietLog>;
  /** The refs of the claims that the store has granted. */
  readonly claims: string[];
  /** Decides how each call is answered. Default: at once, well. */
  answer: (call: WayCall, times: number) => WayAnswer;
  /** Makes the store reject, as one that is away. */
  storeAway: boolean;
  /** Set where another process has taken over what the worker is at. */
  lost: boolean;
  /** Sends a message that the provider takes at once; answers its ref. */
  send(
    rule: EscalationRule,
    over?: {
      customer?: string;
      content?: OutboundContent;
      insteadOf?: OutboundContent;
      turn?: OutboundRequest['turn'];
    },
  ): Promise<string>;
  /** The escalation of a message as it stands. */
  escalationOf(ref: string): Promise<Escalation | undefined>;
  /** What became of its ways, in order: `sms ok`, `voice timeout`. */
  triesOf(ref: string): Promise<string[] | undefined>;
  tick(ref: string, level: ReportedLevel): Promise<unknown>;
  /** A status as the provider would report it. */
  statusOf(ref: string, level: ReportedLevel): Acknowledgement;
  /** Stops the worker: what it waits for ends. */
  stop(): Promise<void>;
  /** Starts another worker in its place. */
  restart(): void;
  /** Makes one that works when it is told to, beside the worker. */
  newEscalator(stopping?: AbortSignal): Escalator;
  close(): Promise<void>;
}

export const minutes = 60_000;

/** A message that is not delivered within five minutes goes out by these ways. */
export const ruleOf = (...via: EscalationWay[]): EscalationRule => ({
  unless: 'delivered',
  afterMs: 5 * minutes,
  via,
});

/** Builds a world; `close` fails if a timer was left. `ways`: those that are configured. */
export async function escalationWorld(
  ways: readonly EscalationWay['type'][] = ['sms', 'voice', 'hook'],
  idempotent = false,
): Promise<EscalationWorld> {
  const time = fakeTime();
  const start = time.now();
  const store = await openSqliteStore({ path: ':memory:', thread: false });
  const log = quietLog();
  const calls: WayCall[] = [];
  const claims: string[] = [];
  const events: EscalationWorld['events'] = [];
  const channel: EscalationWorld['channel'] = scriptedChannel(metaLike, () => 0);
  let sent = 0;

  const wayOut = (type: EscalationWay['type']): EscalationWayOut => ({
    type,
    idempotent,
    async send(call, signal) {
      const seen = { ...call, type, at: Date.now() - start };
      calls.push(seen);
      const times = calls.filter(({ key }) => key === call.key).length;
      const { afterMs = 0, error } = world.answer(seen, times);
      await wait(afterMs, signal);
      const failure = error?.();
      if (failure !== undefined) throw failure;
      return { id: `${type}-${calls.length}` };
    },
    async close() {},
  });
  const away = () => {
    if (world.storeAway) throw failureOfStore();
  };

  const newEscalator = (stopping = new AbortController().signal) =>
    new Escalator({
      store: {
        dueEscalation: store.dueEscalation,
        returnEscalation: store.returnEscalation,
        outbound: store.outbound,
        async claimEscalation(...args) {
          const claimed = await store.claimEscalation(...args);
          if (claimed.escalation !== undefined) claims.push(claimed.escalation.entry.ref);
          return claimed;
        },
        async endEscalation(...args) {
          away();
          return store.endEscalation(...args);
        },
      },
      channels: new Map([[channel.name, channel]]),
      ways: new Map(ways.map(type => [type, wayOut(type)])),
      clock: systemClock,
      scheduler: systemScheduler,
      log,
      random: () => 0.5,
      stopping,
      hooks: [],
      wakeAt: at => worker.dispatcher.wakeAt(at),
      isOurs: async () => !world.lost,
      applyStatuses: (_channel, statuses) => admit(statuses),
      emit: event => {
        if (event.type === 'message.escalated') events.push(event);
      },
    });

  function work() {
    const stopping = new AbortController();
    const escalator = newEscalator(stopping.signal);
    const idle = async () => {};
    const dispatcher = new Dispatcher(
      { store, clock: systemClock, scheduler: systemScheduler, log },
      { turn: idle, receipt: idle, outbound: idle, escalation: conversation => escalator.run(conversation) },
    );
    dispatcher.start();
    return {
      dispatcher,
      async stop() {
        stopping.abort(new DOMException('the test stops', 'AbortError'));
        await dispatcher.stop();
      },
    };
  }

  const admit = (statuses: readonly Acknowledgement[]) =>
    store.admit({
      admissions: [],
      rejected: [],
      ledger: { entries: statuses.map(acknowledgement => ({ acknowledgement })), shared: false },
      firstHolder: 'bot',
      now: Date.now(),
      leaseMs: 0,
    });

  async function conversationWith(customer: string): Promise<string> {
    const { admitted } = await store.admit({
      admissions: [
        {
          message: {
            channel: 'meta',
            business: 'b1',
            customer,
            kind: 'message',
            key: `of ${customer}`,
            sentAt: start,
            content: { type: 'text', text: 'hi' },
          },
          decidedOn: undefined,
          receipt: undefined,
          solo: false,
          expiresAt: undefined,
          characters: 2,
          turn: false,
        },
      ],
      rejected: [],
      firstHolder: 'bot',
      now: Date.now(),
      leaseMs: 0,
    });
    return String(admitted[0]?.conversation.id);
  }

  const world: EscalationWorld = {
    time,
    store,
    channel,
    calls,
    claims,
    events,
    log,
    answer: () => ({}),
    storeAway: false,
    lost: false,
    async send(rule, { customer = '4915550001111', content, insteadOf, turn } = {}) {
      sent += 1;
      const now = Date.now();
      const { outbound } = await store.addOutbound({
        conversation: await conversationWith(customer),
        content: content ?? { type: 'text', text: `number ${sent}` },
        correlation: `k${sent}`,
        now,
        leaseMs: 10_000,
        escalate: rule,
        ...(insteadOf && { insteadOf }),
        ...(turn && { turn }),
      });
      const { ref } = outbound;
      await store.changeOutbound(ref, { state: 'sent', providerId: `out-${ref}` }, now);
      worker.dispatcher.wakeAt(now + rule.afterMs);
      return ref;
    },
    escalationOf: async ref => (await store.ledgerEntry({ ref }))?.escalation,
    async triesOf(ref) {
      const escalation = await world.escalationOf(ref);
      return escalation?.tries.map(({ way, id, failure }) => `${way} ${failure ?? (id && 'ok')}`);
    },
    tick: (ref, level) => admit([world.statusOf(ref, level)]),
    statusOf: (ref, level) => ({
      channel: 'meta',
      business: 'b1',
      providerId: `out-${ref}`,
      status: level,
      means: level,
      at: Date.now(),
    }),
    stop: () => worker.stop(),
    restart() {
      worker = work();
    },
    newEscalator,
    async close() {
      const stopped = worker.stop();
      await time.pass(60_000);
      await stopped;
      await store.close();
      const left = time.pending();
      time.restore();
      if (left > 0) throw new Error(`${left} timers were left running`);
    },
  };
  let worker = work();
  return world;
}

function failureOfStore(): Error {
  return Object.assign(new Error('away'), { code: 'store_unavailable' });
}

/** Waits on the test's clock; who gives up gets what an HTTP client gives. */
function wait(ms: number | 'hang', signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = ms === 'hang' ? undefined : setTimeout(resolve, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(failures.timeout());
    };
    signal.addEventListener('abort', abort, { once: true });
  });
}

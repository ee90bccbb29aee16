import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type Middleware,
  ShowTypingMiddleware,
  type TurnContext,
} from 'botbuilder';
import {
  createEngine,
  createPolicyBook,
  type Engine,
  type InboundMessage,
  openSqliteStore,
  ReceiptMiddleware,
} from '../../middleware/index.ts';
import { metaLike, type ScriptedChannel, scriptedChannel } from '../support/scriptedChannel.ts';
import { collectGarbage } from './collectGarbage.ts';
import { median, type Row, ratioRow, type Section } from './report.ts';
import { seeded } from './samples.ts';

const inFlight = 32;
const turnsARound = 250;
const rounds = 80;
/** More than there are turns in a round: no customer writes twice in one. */
const customers = 2500;

/** One way to run the turns. */
interface Contender {
  readonly adapter: BenchAdapter;
  /** Whether the messages have been admitted by the webhook's path, and their receipts sent, before the turns run. */
  readonly admitted: boolean;
  /** Turns a second of each round. */
  readonly rates: number[];
}

/** How the connector answers: it decides what 32 turns in flight are. */
const answers = {
  /** As the figures of facts/limits.md were taken: a turn without a store never waits, and those with one wait in step. */
  'answers at once': async () => {},
  /** Nearer to a network: the turns in flight are each at another step. */
  'answers after 1 to 3 ms': (random: () => number) => delay(1 + 2 * random()),
};

/** What a turn costs with our middleware, against botbuilder's own `ShowTypingMiddleware`. */
export async function benchTurns(folder: string): Promise<Section> {
  const random = seeded(2);
  let order = 0;
  const channel = scriptedChannel({ ...metaLike, callsPerSecond: 1_000_000 }, () => order++);
  const store = await openSqliteStore({ path: join(folder, 'turns.sqlite') });
  const engine = createEngine({ store, channels: [channel], policies: createPolicyBook({}, [channel]) });
  engine.start();
  await meetCustomers(engine);

  const rows: Row[] = [];
  let turns = 0;
  for (const [how, answer] of Object.entries(answers)) {
    const contender = (middleware: Middleware | ReceiptMiddleware, admitted = false): Contender => {
      const adapter = new BenchAdapter(authentication(() => answer(random)));
      adapter.use(middleware as Middleware);
      return { adapter, admitted, rates: [] };
    };
    const typing = contender(new ShowTypingMiddleware());
    const plain = contender(new ReceiptMiddleware());
    const behindWebhook = contender(new ReceiptMiddleware({ engine }), true);
    const admitting = contender(new ReceiptMiddleware({ engine }));
    const contenders = [typing, plain, behindWebhook, admitting];
    for (let round = 0; round <= rounds; round += 1) {
      // Each goes first in its turn, so that none has always the same one before it.
      contenders.push(...contenders.splice(0, 1));
      for (const { adapter, admitted, rates } of contenders) {
        const activities = Array.from({ length: turnsARound }, () => activityOf(turns++, random));
        if (admitted) {
          await admit(engine, channel, activities);
          // That their receipts have gone out is written down behind the calls: no turn's work either.
          await new Promise(setImmediate);
          await store.ping(Date.now());
        }
        // What one contender leaves behind is not the next one's: no garbage, no call that waits, no work of the store.
        collectGarbage({ type: 'minor' });
        const rate = await run(adapter, activities);
        await new Promise(setImmediate);
        await store.ping(Date.now());
        channel.calls.length = 0;
        // The first round warms up.
        if (round > 0) rates.push(rate);
      }
    }
    // The goals are for the shape that was asked for.
    const goal = (least: number) => (answer === answers['answers at once'] ? { least } : undefined);
    const microseconds = ({ rates }: Contender) => (1e6 / median(rates)).toFixed(0);
    rows.push(
      ratioRow(`${how}: without a store`, plain.rates, typing.rates, goal(0.97)),
      ratioRow(`${how}: admitted by the webhook’s path`, behindWebhook.rates, typing.rates, goal(0.9)),
      ratioRow(`${how}: admitted by the middleware`, admitting.rates, typing.rates, goal(0.5)),
      {
        what: `${how}: microseconds a turn`,
        value:
          `ShowTypingMiddleware ${microseconds(typing)}, no store ${microseconds(plain)}, ` +
          `by the webhook ${microseconds(behindWebhook)}, by the middleware ${microseconds(admitting)}`,
      },
    );
  }
  await engine.stop();
  await store.close();
  return {
    title: 'Turns through CloudAdapter, against ShowTypingMiddleware',
    shape: `In one process, ${inFlight} turns in flight; the bot sends one reply. botbuilder's own authentication without an app
id, and its own connector client, whose HTTP client answers in this process: at once, or after 1 to 3 ms at random. The
channel answers at once. Every turn is another customer's, whose conversation is known. Admitted by the webhook's path: the
message is in the store, and its receipt sent, before its turn runs. Ratios of turns a second; medians of ${rounds} interleaved
rounds of ${turnsARound} turns, quartiles in brackets.`,
    beside: `a turn 116 µs without middleware, 125 µs with \`ShowTypingMiddleware\`; admission inside the turn 0.64 to 0.67
of its rate with 32 in flight, 0.35 in sequence.`,
    rows,
  };
}

/** The real adapter, whose entrance behind HTTP is protected. */
class BenchAdapter extends CloudAdapter {
  async turn(activity: Partial<Activity>): Promise<void> {
    await this.processActivity('', activity as Activity, async (context: TurnContext) => {
      await context.sendActivity('It is ready: come by until six.');
    });
  }
}

/** botbuilder's own, without an app id: nobody is asked for tokens. Its connector's calls end in this process. */
function authentication(answer: () => Promise<void>): ConfigurationBotFrameworkAuthentication {
  const httpClient = {
    async sendRequest(request: { headers: object }) {
      await answer();
      // A request's headers say that its body is JSON: that is all that the connector reads of an answer's.
      return { request, status: 200, headers: request.headers, bodyAsText: '{"id":"1"}' };
    },
  };
  return new ConfigurationBotFrameworkAuthentication({}, undefined, undefined, undefined, {
    httpClient,
  } as never);
}

async function run(adapter: BenchAdapter, activities: readonly Partial<Activity>[]): Promise<number> {
  const left = activities.values();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const activity of left) await adapter.turn(activity);
    }),
  );
  return activities.length / ((performance.now() - start) / 1000);
}

function activityOf(number: number, random: () => number): Partial<Activity> {
  return {
    type: 'message',
    id: `wamid.HBgN${random().toString(36).slice(2)}${random().toString(36).slice(2)}`,
    text: 'Is my bicycle ready?',
    channelId: 'whatsapp',
    serviceUrl: 'https://smba.example.com/',
    timestamp: new Date(),
    conversation: { id: `c${number % customers}`, isGroup: false, name: '', conversationType: 'personal' },
    from: { id: customerOf(number), name: 'Ann' },
    recipient: { id: 'b1', name: 'Bot' },
    channelData: { channel: 'meta', business: 'b1' },
  };
}

const customerOf = (number: number) => `49155${String(number % customers).padStart(8, '0')}`;

/** A bot has answered each customer before, so that it also holds the conversations of what webhooks bring. */
async function meetCustomers(engine: Engine): Promise<void> {
  await Promise.all(
    Array.from({ length: customers }, async (_, number) => {
      const address = { channel: 'meta', business: 'b1', customer: customerOf(number) } as const;
      const message = { ...address, key: `first-${number}`, text: '' };
      const turn = await engine.adopt(message, { budgetMs: 0, parks: false, awaited: true });
      await turn?.end();
    }),
  );
}

/** Admits the messages of these activities as a webhook would, and waits until their receipts have gone out. */
async function admit(
  engine: Engine,
  channel: ScriptedChannel,
  activities: readonly Partial<Activity>[],
): Promise<void> {
  const messages = activities.map(
    ({ id = '', from, text = '' }): InboundMessage => ({
      channel: 'meta',
      business: 'b1',
      customer: String(from?.id),
      kind: 'message',
      key: id,
      providerId: id,
      sentAt: Date.now(),
      content: { type: 'text', text },
    }),
  );
  await engine.admit(channel, { messages, acknowledgements: [], rejected: [] });
  while (channel.calls.length < activities.length) await new Promise(setImmediate);
}

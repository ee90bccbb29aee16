import type { Conversation } from '../../middleware/domain.ts';
import { ReceiptMiddleware, type ReceiptMiddlewareOptions } from '../../middleware/receiptMiddleware.ts';
import { type Connector, startConnector } from './connector.ts';
import { customer, engineWorld, type World, type WorldOptions } from './engineWorld.ts';
import type { Context, ForeignHost } from './foreignHosts.ts';

/** A bot behind another's adapter, with the middleware in its pipeline and an engine on a fake clock. */
export interface ForeignWorld {
  readonly world: World;
  readonly connector: Connector;
  readonly host: ForeignHost;
  /** What the bot does with an activity. */
  bot: (context: Context) => Promise<void>;
  /** How often it was called. */
  readonly runs: number;
  /** An activity of our own adapter, relayed by whoever has the connector. */
  activity(over?: object): object & { readonly id: string };
  /** Begins to receive an activity; the answer's body comes when the turn is over. */
  post(over?: object): Promise<unknown>;
  /** Receives an activity while time passes, at least so many milliseconds; answers the body. */
  receive(over?: object, ms?: number): Promise<unknown>;
  /** Lets time pass while a turn goes on, at least so many milliseconds; answers what the turn does. */
  during<T>(turn: Promise<T>, ms?: number): Promise<T>;
  /** The calls to the provider, with their times. */
  story(): string[];
  /** The texts that went out by the adapter. */
  replies(): unknown[];
  conversation(): Promise<Conversation | undefined>;
  close(): Promise<void>;
}

/** Settings of {@link foreignWorld}. */
export type ForeignOptions = ReceiptMiddlewareOptions & WorldOptions;

/** Builds one. `policy` is the default policy; `middleware: false` leaves registering it to the test. */
export async function foreignWorld(
  host: ForeignHost,
  policy: object = {},
  { middleware = true, ...options }: ForeignOptions & { readonly middleware?: boolean } = {},
): Promise<ForeignWorld> {
  const connector = await startConnector();
  const world = await engineWorld({ gateway: false, policies: { default: policy }, ...options });
  if (middleware) host.use(new ReceiptMiddleware({ engine: world.engine, ...options }));
  const start = world.time.now();
  let runs = 0;
  const foreign: ForeignWorld = {
    world,
    connector,
    host,
    bot: async context => void (await context.sendActivity('Hello')),
    get runs() {
      return runs;
    },
    activity: over => ({
      type: 'message',
      id: 'w1',
      text: 'text of w1',
      channelId: 'whatsapp',
      serviceUrl: connector.url,
      timestamp: new Date(world.time.now()).toISOString(),
      conversation: { id: 'host-conversation' },
      from: { id: customer, name: 'Ann' },
      recipient: { id: 'b1', name: 'Bot' },
      channelData: { channel: 'meta', business: 'b1' },
      ...over,
    }),
    post: over =>
      host.receive(foreign.activity(over), async context => {
        runs += 1;
        await foreign.bot(context);
      }),
    receive: (over, ms) => foreign.during(foreign.post(over), ms),
    async during(turn, ms = 0) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      turn.then(end, end);
      for (let left = ms; !ended || left > 0; left -= 1000) await world.time.pass(left > 0 ? 1000 : 0);
      return turn;
    },
    story: () =>
      world.channel.calls.map(
        ({ what, typing, at, text }) =>
          `${what}${typing && what === 'read' ? '+typing' : ''}${text === undefined ? '' : ` ${text}`}@${at - start}`,
      ),
    replies: () =>
      connector.received.filter(each => each.activity.type === 'message').map(each => each.activity.text),
    conversation: () => world.store.conversation({ channel: 'meta', business: 'b1', customer }),
    async close() {
      await world.close();
      await connector.close();
    },
  };
  return foreign;
}

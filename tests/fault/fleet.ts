import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Balancer } from './balancer.ts';
import type { Customer } from './customer.ts';
import type { Kept } from './evidence.ts';
import { type Ended, type FaultyHost, type Frozen, startFaultyHost } from './faultyHost.ts';
import { Link } from './link.ts';
import { type Ground, layGround, Place } from './place.ts';
import type { StoreState } from './points.ts';
import { startTextProvider, type TextProvider } from './textProvider.ts';
import { Watch } from './watch.ts';

/** Through a takeover, on a busy machine. */
const turnsEndWithinMs = 150_000;
/** Hosts write far more often than anybody has to look. */
const lookEveryMs = 20;

/** One of several instances, which are started in its place one after another. */
export interface Berth {
  /** Its own way to the database. */
  readonly database: Link;
  /** The host that runs there, or ran last. */
  host: FaultyHost | undefined;
}

/** A place for several hosts at a time, behind a balancer and in front of one database. */
export class Fleet extends Place {
  readonly berths: readonly Berth[];
  readonly texts: TextProvider;
  readonly watch: Watch;
  readonly #balancer: Balancer;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #database: URL;
  #state: StoreState = { unrest: 0, givenUp: 0 };
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  /** When hosts died, in Unix milliseconds. */
  readonly #deaths: number[] = [];
  /** When one came up while none lived. */
  readonly #revivals: number[] = [];
  #living = 0;

  private constructor(
    ground: Ground,
    parts: { balancer: Balancer; texts: TextProvider; database: URL; berths: readonly Berth[] },
  ) {
    super(ground);
    this.#balancer = parts.balancer;
    this.#database = parts.database;
    this.texts = parts.texts;
    this.berths = parts.berths;
    this.watch = new Watch(parts.database.href);
    this.#settings = {
      ...ground.settings,
      BLUETICK_DATA: join(ground.folder, 'data'),
      ACS_CONNECTION_STRING: parts.texts.connectionString,
      SMS_FROM: '+15550100',
    };
    this.simulator.webhookUrl = `${parts.balancer.url}/webhooks/meta`;
  }

  /** Starts instances over a database that is empty. */
  static async create(database: string, instances: number): Promise<Fleet> {
    const ground = await layGround();
    const url = new URL(database);
    const berths: Berth[] = [];
    for (let made = 0; made < instances; made += 1)
      berths.push({ database: await Link.before(Number(url.port)), host: undefined });
    const [balancer, texts] = await Promise.all([Balancer.start(), startTextProvider()]);
    const fleet = new Fleet(ground, { balancer, texts, database: url, berths });
    // The first makes the tables, which are watched before anything is written.
    const [first, ...others] = berths;
    if (first !== undefined) await fleet.start(first);
    await fleet.watch.begin();
    await Promise.all(others.map(berth => fleet.start(berth)));
    return fleet;
  }

  get state() {
    return this.#state;
  }

  protected get url() {
    return this.#balancer.url;
  }

  /** The hosts that run, or ran last. */
  get hosts(): readonly FaultyHost[] {
    return this.berths.flatMap(({ host }) => host ?? []);
  }

  /** The host that runs in a berth, or ran last. */
  hostIn({ host }: Berth): FaultyHost {
    if (host === undefined) throw new Error('no host has been started there');
    return host;
  }

  override async look(): Promise<StoreState> {
    this.#state = await this.watch.state();
    return this.#state;
  }

  /**
   * Starts a host in a berth, and the next one should it die before it listens; as a platform does, also one that does not
   * find its database.
   *
   * @param killAt the point from its start at which it dies; default never
   * @returns how the first one ended, if it did
   */
  async start(berth: Berth, killAt = 0): Promise<Ended | undefined> {
    const database = new URL(this.#database);
    database.port = String(berth.database.port);
    const host = await startFaultyHost({ ...this.#settings, DATABASE_URL: database.href }, { killAt });
    if ('output' in host) {
      const again = host.killedAt !== undefined || host.output.includes('the database cannot be opened');
      if (!again) throw new Error(`the host does not start:\n${host.output}`);
      const next = await this.start(berth);
      return host.killedAt === undefined ? next : host;
    }
    berth.host = host;
    host.events.on('wrote', () => this.#wrote());
    this.#balancer.add(host.url);
    if (this.#living === 0) this.#revivals.push(Date.now());
    this.#living += 1;
    void host.ended.then(({ code }) => {
      this.#balancer.remove(host.url);
      this.#living -= 1;
      if (code !== 0) this.#deaths.push(Date.now());
    });
    this.#wrote();
    return undefined;
  }

  /**
   * Has a host that froze go on when the others have taken it for dead. Meanwhile it gets no requests, as a balancer asks those
   * that it sends to how they are.
   */
  async thawZombie(host: FaultyHost, { instance }: Frozen): Promise<void> {
    this.#balancer.remove(host.url);
    await this.watch.gone(instance);
    this.#balancer.add(host.url);
    host.thaw();
  }

  /** Waits until the turns of what a customer wrote have ended: by whoever began them, or by whoever took them over. */
  async turnsEnded({ owed }: Customer): Promise<void> {
    const ids = [...owed.keys()];
    const haveEnded = async () => (await this.watch.pendingTurns(ids)) === 0 || undefined;
    await this.until(haveEnded, turnsEndWithinMs, () => 'every turn ends');
  }

  /** What the store holds, when no host runs any more. */
  kept(): Promise<Kept> {
    return this.watch.kept(this.#deaths, this.#revivals);
  }

  /** Ends all hosts in order; answers what those said that did not end so. */
  async stop(): Promise<readonly string[]> {
    const ended = await Promise.all(this.hosts.map(host => host.end('SIGTERM')));
    return ended.filter(({ code }) => code !== 0).map(({ output }) => output);
  }

  override async close(): Promise<void> {
    await Promise.all(this.hosts.map(host => host.end('SIGKILL')));
    await this.#looking;
    await this.watch.close();
    await Promise.all(this.berths.map(({ database }) => database.close()));
    await Promise.all([this.#balancer.close(), this.texts.close()]);
    await super.close();
  }

  /** Looks at the store: one look for whatever was written while the one before was under way. */
  #wrote(): void {
    this.#lookAgain = true;
    this.#looking ??= this.#lookOn().finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookOn(): Promise<void> {
    while (this.#lookAgain) {
      this.#lookAgain = false;
      await this.look().catch(() => {});
      this.events.emit('change');
      await pause(lookEveryMs);
    }
  }
}

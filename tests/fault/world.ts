import { join } from 'node:path';
import { type Ended, type FaultyHost, startFaultyHost } from './faultyHost.ts';
import { type Ground, layGround, Place } from './place.ts';

/** How a world differs from the usual. */
export interface WorldOptions {
  /** Where the host keeps its data; default a new folder, which vanishes with the world. */
  readonly data?: string;
}

/** A place for one host at a time: one stand-in, one folder, one host after another. */
export class World extends Place {
  readonly file: string;
  /** The settings of its hosts. */
  readonly settings: Readonly<Record<string, string>>;
  #host: FaultyHost | undefined;

  private constructor(ground: Ground, data: string) {
    super(ground);
    this.file = join(data, 'bluetick.sqlite');
    this.settings = { ...ground.settings, BLUETICK_DATA: data };
  }

  /** A world without a host yet. */
  static async create({ data }: WorldOptions = {}): Promise<World> {
    const ground = await layGround();
    return new World(ground, data ?? join(ground.folder, 'data'));
  }

  /** The host that runs, or ran last. */
  get host(): FaultyHost {
    if (this.#host === undefined) throw new Error('no host has been started');
    return this.#host;
  }

  get state() {
    return this.host.state;
  }

  protected get url() {
    return this.host.url;
  }

  /**
   * Starts a host, and the next one should it die before it listens.
   *
   * @param killAt the point from its start at which it dies; default never
   * @returns how the first one ended, if it did
   */
  async start(killAt = 0): Promise<Ended | undefined> {
    const host = await startFaultyHost(this.settings, { killAt });
    if ('output' in host) {
      if (host.killedAt === undefined) throw new Error(`the host does not start:\n${host.output}`);
      await this.start();
      return host;
    }
    this.#host = host;
    host.events.on('wrote', () => this.events.emit('change'));
    this.simulator.webhookUrl = `${host.url}/webhooks/meta`;
    this.events.emit('change');
    return undefined;
  }

  /** What `/readyz` answers. */
  async ready(): Promise<number> {
    return (await fetch(`${this.host.url}/readyz`)).status;
  }

  /** Ends the host in order and answers how it ended; the stand-in and the file are still there to be looked at. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended | undefined> {
    return this.#host?.end(signal);
  }

  override async close(): Promise<void> {
    await this.stop('SIGKILL');
    await super.close();
  }
}

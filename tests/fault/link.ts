import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a link is. `gone`: nobody listens. `halfOpen`: calls arrive and have their effect, answers never come back, as behind a
 * connection of which one end does not know that it is dead. `blackHole`: what is sent arrives nowhere, either way.
 */
export type LinkState = 'open' | 'gone' | 'halfOpen' | 'blackHole';

/** The link of the host to the provider, or to a database. It can be blocked: bytes, not HTTP, so that connections really break. */
export class Link {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #state: LinkState = 'open';

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer(socket => this.#pass(socket));
  }

  /** A link that listens on a free port in front of another one. */
  static async before(target: number): Promise<Link> {
    const link = new Link(target);
    await link.#listen();
    return link;
  }

  get port(): number {
    return this.#port;
  }

  /** Changes it. What is connected breaks, unless bytes vanish: then nobody notices. */
  async set(state: LinkState): Promise<void> {
    const before = this.#state;
    this.#state = state;
    if (state === 'open' || state === 'gone') this.#cut();
    if (state === 'gone') await new Promise(closed => this.#server.close(closed));
    else if (before === 'gone') await this.#listen();
  }

  async close(): Promise<void> {
    this.#cut();
    if (this.#server.listening) await new Promise(closed => this.#server.close(closed));
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', bytes => {
        const passes = this.#state === 'open' || (this.#state === 'halfOpen' && from === near);
        if (passes) to.write(bytes);
      });
      // A broken connection is what this is for.
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}

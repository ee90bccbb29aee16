import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is one connection's own, and not the request's. */
const ofTheHop = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

/** A small balancer: requests go to those that live in turn, whatever they are about. */
export class Balancer {
  readonly #server: Server;
  #living: readonly string[] = [];
  #served = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  /** Starts one on a free port. */
  static async start(): Promise<Balancer> {
    const balancer = new Balancer();
    await new Promise<void>((resolve, reject) => {
      balancer.#server.once('error', reject);
      balancer.#server.listen(0, '127.0.0.1', resolve);
    });
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes one in. */
  add(url: string): void {
    this.#living = [...this.#living, url];
  }

  /** Takes one out. */
  remove(url: string): void {
    this.#living = this.#living.filter(each => each !== url);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(closed => this.#server.close(closed));
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const body = await buffer(request);
    const to = this.#living[this.#served++ % this.#living.length];
    const answer =
      to === undefined
        ? undefined
        : await fetch(to + url, {
            method,
            headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
              typeof value === 'string' && !ofTheHop.has(name) ? [[name, value]] : [],
            ),
            ...(body.length > 0 && { body }),
          }).catch(() => undefined);
    // Whoever dies at a request leaves it open what it did: as of any gateway, the answer is 502.
    const type = answer?.headers.get('content-type');
    response.writeHead(answer?.status ?? 502, type ? { 'content-type': type } : {});
    response.end(answer && Buffer.from(await answer.arrayBuffer()));
  }
}

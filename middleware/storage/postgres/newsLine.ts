import type { Client } from 'pg';
import { describeError } from '../../errors.ts';
import { Listeners } from '../../listeners.ts';
import type { Logger, Scheduler } from '../../ports.ts';
import { heard, newsChannel, type Word, words } from './news.ts';

/** How often the connection is asked for a sign of life. With the time-out of its queries a half-open one is noticed in 15 s. */
const askEveryMs = 5000;
/** The wait before the second attempt to connect again; it doubles with each further one. */
const firstRetryMs = 100;
const longestRetryMs = 5000;

/** What a {@link NewsLine} is made of. */
export interface NewsLineParts {
  /** A client of its own, not connected yet, that ends its connection where a query takes too long. */
  readonly open: () => Client;
  /** Who this process is: it does not hear itself. */
  readonly me: { readonly id: number };
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/**
 * Hears what other processes tell, over a connection of its own. Notifications are lost while there is none (and nothing keeps
 * them), so whoever listens is told everything once after each new one.
 */
export class NewsLine {
  readonly #parts: NewsLineParts;
  readonly #listeners: Listeners<Word>;
  #client: Client | undefined;
  #cancel = () => {};
  #retryMs = firstRetryMs;
  #stopped = false;

  constructor(parts: NewsLineParts) {
    this.#parts = parts;
    this.#listeners = new Listeners(parts.log, 'News could not be heeded', word => ({ word }));
  }

  /** Calls a listener with each word from now on; the answer takes it away. */
  hear(listener: (word: Word) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Tells this process something itself. */
  tell(word: Word): void {
    this.#listeners.emit(word);
  }

  /**
   * Connects; what is told from then on is heard.
   *
   * @throws whatever the first attempt threw; later ones are made again and again
   */
  async start(): Promise<void> {
    await this.#connect();
  }

  /** Ends the connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const { open, me } = this.#parts;
    const client = open();
    // Whatever happens to the connection, it ends. Without a listener the process would.
    client.on('error', () => {});
    client.on('notification', ({ payload }) => {
      const word = heard(payload, me.id);
      if (word !== undefined) this.#listeners.emit(word);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${newsChannel}`);
    } catch (error) {
      void client.end();
      throw error;
    }
    if (this.#stopped) return client.end();
    this.#client = client;
    this.#retryMs = firstRetryMs;
    client.once('end', () => this.#connectAgain());
    this.#askLater(client);
  }

  #askLater(client: Client): void {
    this.#cancel = this.#parts.scheduler.after(askEveryMs, () => {
      client.query('SELECT 1').then(
        () => this.#client === client && this.#askLater(client),
        () => void client.end(),
      );
    });
  }

  #connectAgain(): void {
    this.#client = undefined;
    this.#cancel();
    if (this.#stopped) return;
    this.#parts.log.warn({}, 'The connection for news from other processes is lost: it is made again');
    void this.#try();
  }

  async #try(): Promise<void> {
    const { scheduler, log } = this.#parts;
    try {
      await this.#connect();
    } catch (error) {
      if (this.#stopped) return;
      log.warn(describeError(error), 'News from other processes cannot be heard yet');
      this.#cancel = scheduler.after(this.#retryMs, () => void this.#try());
      this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
      return;
    }
    for (const word of words) this.#listeners.emit(word);
  }
}

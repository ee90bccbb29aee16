import type { Client, QueryResult, QueryResultRow } from 'pg';

/**
 * A connection of its own for questions that must not wait behind others, however busy the pool is. It is opened for the first
 * of them, and anew for the next where one has failed.
 */
export class OwnLine {
  readonly #open: () => Client;
  #client: Promise<Client> | undefined;

  /** @param open makes a client, not connected yet, that ends its connection where a query takes too long */
  constructor(open: () => Client) {
    this.#open = open;
  }

  /**
   * Asks.
   *
   * @throws whatever the database, or the way to it, answers
   */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<QueryResult<Row>> {
    this.#client ??= this.#connect();
    const asked = this.#client;
    try {
      return await (await asked).query<Row>(text, [...values]);
    } catch (error) {
      if (this.#client === asked) await this.close();
      throw error;
    }
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then(
      // A half-open one does not hear that it is ended.
      each => void each.end().catch(() => {}),
      () => {},
    );
  }

  async #connect(): Promise<Client> {
    const client = this.#open();
    // Whatever happens to the connection, the next question tells. Without a listener the process would end.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    return client;
  }
}

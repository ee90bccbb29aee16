import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Kept, Sight } from './evidence.ts';
import { type KeptRows, keptOf, keptQueries } from './kept.ts';
import { type StoreState, stateQuery } from './points.ts';

/** How soon a database that is away is asked again, and for how long. */
const retry = { afterMs: 50, withinMs: 150_000 } as const;

/** What must not be, seen by the database itself when it happens; and when instances are taken away. */
const triggers = `
  CREATE SCHEMA witness;
  CREATE TABLE witness.sight (rule TEXT NOT NULL, what TEXT NOT NULL);
  CREATE TABLE witness.gone (seen BIGINT NOT NULL, gone BIGINT NOT NULL);

  CREATE FUNCTION witness.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness.sight VALUES (TG_ARGV[0], format('from %s to %s', OLD, NEW));
    RETURN NEW;
  END $$;
  CREATE FUNCTION witness.see_theft() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM instance WHERE id = OLD.leased) THEN
      INSERT INTO witness.sight VALUES ('stolen', format('from %s to %s', OLD, NEW));
    END IF;
    RETURN NEW;
  END $$;
  CREATE FUNCTION witness.see_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness.gone VALUES (extract(epoch FROM OLD.seen_at) * 1000, extract(epoch FROM clock_timestamp()) * 1000);
    RETURN OLD;
  END $$;

  CREATE TRIGGER fell BEFORE UPDATE ON ledger FOR EACH ROW
    WHEN (NEW.level < OLD.level) EXECUTE FUNCTION witness.see('fell');
  CREATE TRIGGER twice BEFORE UPDATE ON escalation FOR EACH ROW
    WHEN (OLD.state = 'claimed' AND NEW.state = 'claimed' AND NEW.due_at > OLD.due_at AND OLD.due_at > extract(epoch FROM clock_timestamp()) * 1000)
    EXECUTE FUNCTION witness.see('twice');
  CREATE TRIGGER stolen BEFORE UPDATE ON lane FOR EACH ROW
    WHEN (OLD.leased <> 0 AND NEW.leased NOT IN (0, OLD.leased)) EXECUTE FUNCTION witness.see_theft();
  CREATE TRIGGER gone AFTER DELETE ON instance FOR EACH ROW EXECUTE FUNCTION witness.see_end();
`;

/** A connection of the checker's own to the database, and what it watches there. Nothing of it is the product's. */
export class Watch {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 1, types });
    // A database that is restarted ends it; the next question opens another.
    this.#pool.on('error', () => {});
  }

  /** Begins to watch tables that have been made. */
  async begin(): Promise<void> {
    await this.#pool.query(triggers);
  }

  /** What the store has to do still. */
  async state(): Promise<StoreState> {
    const [state] = await this.#rows<StoreState>(stateQuery.replace('?', '$1'), [Date.now()]);
    if (state === undefined) throw new Error('the database has no answer');
    return state;
  }

  /** How many of messages, by their ids, have a turn that has not ended. */
  async pendingTurns(ids: readonly string[]): Promise<number> {
    const sql = "SELECT count(*) AS count FROM inbound WHERE turn = 'pending' AND provider_id = ANY($1)";
    const [row] = await this.#rows<{ count: number }>(sql, [ids]);
    return row?.count ?? 0;
  }

  /**
   * What the store holds.
   *
   * @param deaths when instances died, in Unix milliseconds
   * @param revivals when one came up while none lived: nobody could take over before
   */
  async kept(deaths: readonly number[], revivals: readonly number[]): Promise<Kept> {
    const rows: Record<string, readonly object[]> = {};
    for (const [name, sql] of Object.entries(keptQueries)) rows[name] = await this.#rows(sql);
    const ends = await this.#rows<{ seen: number; gone: number }>('SELECT seen, gone FROM witness.gone');
    // Nobody knows which number an instance had: it is one of those that died after it was seen last.
    const takeovers = ends.flatMap(({ seen, gone }) => {
      const death = Math.min(...deaths.filter(at => at >= seen && at <= gone));
      const from = Math.max(death, ...revivals.filter(at => at <= gone));
      return Number.isFinite(death) ? [(gone - from) / 1000] : [];
    });
    return keptOf(rows as unknown as KeptRows, {
      unrest: (await this.state()).unrest,
      sights: await this.#rows<Sight>('SELECT rule, what FROM witness.sight'),
      takeovers,
    });
  }

  /** Ends every connection to the database but this one, as a network or a failover does. */
  async cutOthers(): Promise<void> {
    await this.#rows(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  }

  /** Waits until the others have taken an instance for dead, or it has gone itself. */
  async gone(instance: number): Promise<void> {
    const until = performance.now() + retry.withinMs;
    while (performance.now() < until) {
      const [row] = await this.#rows('SELECT FROM instance WHERE id = $1', [instance]);
      if (row === undefined) return;
      await pause(retry.afterMs);
    }
    throw new Error(`nobody takes instance ${instance} for dead`);
  }

  /** Begins to watch anew. */
  async forget(): Promise<void> {
    await this.#rows('DELETE FROM witness.sight');
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Asks, and again while the database is away. */
  async #rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const until = performance.now() + retry.withinMs;
    for (;;) {
      try {
        return (await this.#pool.query<Row>(sql, [...values])).rows;
      } catch (error) {
        if (performance.now() > until || !isAway(error)) throw error;
        await pause(retry.afterMs);
      }
    }
  }
}

/** Whether the server is away, or stands down, rather than that it refuses a statement. */
function isAway(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|57)/.test(error.code ?? '');
}

/** Whole numbers come as numbers. */
const types = {
  getTypeParser(oid: number, format?: 'text') {
    return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
  },
} as pg.CustomTypesConfig;

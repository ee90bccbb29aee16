import { bareContender, bareMessage, openBareStore } from './bareStore.ts';
import { benchPostgresShape } from './benchPostgres.ts';
import { type BenchStores, isDatabase, type StoreName, withStores } from './benchStores.ts';
import { usualConnections } from './compareServers.ts';
import { type Contender, inTurn } from './contenders.ts';
import { fillLedgerDatabase } from './ledgerDatabase.ts';
import { fillLedger } from './ledgerFile.ts';
import { median, type Row, ratioRow, type Section } from './report.ts';
import { seeded, signedRequests } from './samples.ts';
import { statusesOf, statusRequest } from './statusLoad.ts';
import { serverContender, startWebhookServer } from './webhookServerProcess.ts';

const rounds = 5;
/** Events of a round. A route that only parses needs more for a figure. */
const events = { parse: 6000, store: 3000 } as const;
type Load = keyof typeof events;
const dayMs = 24 * 60 * 60 * 1000;

/** What is sent. */
interface Traffic {
  readonly what: string;
  /** A round's requests. */
  readonly requestsOf: (of: Load, round: number, each: number) => Buffer[];
  /** The same rows, written bare. */
  readonly bare: (place: string) => Promise<Contender>;
  /** Makes what a store has to hold before. */
  readonly prepare?: (place: string) => Promise<void>;
}

/** Webhook intake on both stores, against the bare store and against a route that only parses. */
export async function benchPostgresIntake(folder: string): Promise<Section> {
  const rows = await withStores(folder, async stores => {
    const all: Row[] = [];
    for (const traffic of [messages(), statuses()]) {
      for (const each of [1, 10]) all.push(...(await compare(stores, folder, traffic, each)));
    }
    return all;
  });
  return {
    title: 'Intake on both stores, against the bare store',
    shape: `As above: the host's own route, ${usualConnections} connections, first-time messages of 20,000 customers and first-time statuses, ${events.store.toLocaleString('en')}
a round. ${benchPostgresShape}. The bare store: the same rows in the same tables with their indexes, without HTTP, signature, parsing,
deciding and asking, 64 of them a commit; in SQLite by prepared statements, in PostgreSQL by one \`UNNEST\` statement on each of four connections.
Figures are events a second; medians of ${rounds} interleaved rounds, quartiles in brackets.`,
    beside: `SQLite, first-time random ids, 9 to 23 µs a row; PostgreSQL by \`UNNEST\` 150,000 rows a second of one table with a growing key;
admission of a whole message on SQLite 0.29 to 0.34 of parsing only.`,
    rows,
  };
}

async function compare(
  { newPlace }: BenchStores,
  folder: string,
  { what, requestsOf, bare, prepare = async () => {} }: Traffic,
  each: number,
): Promise<Row[]> {
  const parse = async () =>
    serverContender(await startWebhookServer({ kind: 'parse' }, folder), {
      requestsOf: round => requestsOf('parse', round, each),
      events: each,
      connections: usualConnections,
    });
  const serve = async (name: StoreName) => {
    const store = await newPlace(name);
    await prepare(store);
    return serverContender(await startWebhookServer({ kind: 'bluetick', store }, folder), {
      requestsOf: round => requestsOf('store', round, each),
      events: each,
      connections: usualConnections,
    });
  };
  const write = async (name: StoreName) => {
    const store = await newPlace(name);
    await prepare(store);
    return bare(store);
  };
  const rates = await inTurn(
    {
      parse,
      sqlite: () => serve('SQLite'),
      postgres: () => serve('PostgreSQL'),
      bareSqlite: () => write('SQLite'),
      barePostgres: () => write('PostgreSQL'),
    },
    rounds,
  );
  const of = `${what}, ${each} a request:`;
  const figures = Object.entries(rates).map(([name, all]) => `${name} ${Math.round(median(all))}`);
  return [
    ratioRow(`${of} SQLite against parsing only`, rates.sqlite, rates.parse),
    ratioRow(`${of} PostgreSQL against parsing only`, rates.postgres, rates.parse),
    ratioRow(`${of} SQLite against bare SQLite`, rates.sqlite, rates.bareSqlite),
    ratioRow(`${of} PostgreSQL against bare PostgreSQL`, rates.postgres, rates.barePostgres),
    { what: `${of} events a second`, value: figures.join(', ') },
  ];
}

function messages(): Traffic {
  const random = seeded(7);
  return {
    what: 'messages',
    requestsOf: (of, _round, each) => signedRequests(events[of] / each, each, random),
    async bare(place) {
      const store = await openBareStore(place);
      return bareContender(store, {
        itemsOf: () => Array.from({ length: events.store }, () => bareMessage(random)),
        write: items => store.addMessages(items, Date.now() + dayMs),
      });
    },
  };
}

/** Each round has messages of its own, one for each status, so that all come for the first time and few are about the same. */
function statuses(): Traffic {
  const random = seeded(8);
  const ofRound = (round: number, count: number = events.store) =>
    statusesOf(round * count, (round + 1) * count, random).slice(0, count);
  const all = (rounds + 1) * events.store;
  return {
    what: 'statuses',
    // Nothing is stored where they are only parsed.
    requestsOf: (of, round, each) => {
      const statuses = ofRound(of === 'parse' ? 0 : round, events[of]);
      return Array.from({ length: events[of] / each }, (_, index) =>
        statusRequest(statuses.slice(index * each, (index + 1) * each)),
      );
    },
    async bare(place) {
      const store = await openBareStore(place);
      return bareContender(store, {
        itemsOf: round => ofRound(round),
        write: items => store.addStatuses(items),
      });
    },
    async prepare(place) {
      if (isDatabase(place)) await fillLedgerDatabase(place, all, all);
      else fillLedger(place, all, all);
    },
  };
}

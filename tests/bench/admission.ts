import { dirname, join } from 'node:path';
import { type Program, startProgram } from '../support/program.ts';
import { sendLoad } from './load.ts';
import { median, type Row, ratioRow, type Section } from './report.ts';
import { seeded, signedRequests } from './samples.ts';
import { slowDisk } from './slowDisk.ts';

const connections = 64;
const rounds = 7;
const warmUpRequests = 2000;

/** The servers that are compared, and how many requests a round sends to each: about a second's worth. */
const requestsOf = { parse: 8000, bluetick: 4000, serial: 1000 } as const;
type Kind = keyof typeof requestsOf;

/** How many requests a second each server answered in each round. */
type Rates = Readonly<Record<Kind, number[]>>;

/** Webhook intake: durable admission against a route that only parses, and against one commit a request. */
export async function benchAdmission(folder: string): Promise<Section> {
  const random = seeded(1);
  const single = await measure(join(folder, 'single'), 1, random);
  const ten = await measure(join(folder, 'ten'), 10, random);
  const slow = slowDisk(folder);
  const slowed = slow && (await measure(join(folder, 'slow'), 1, random, slow));
  return {
    title: 'Durable admission',
    shape: `Signed webhooks of Meta's form with first-time messages under random ids, of 20,000 customers (most of them new
to the store), sent over ${connections} keep-alive connections by a second process, each connection one request at a time.
Admission is the host's own route: signature, parse, rows of message, receipt, turn and window, commit with
\`synchronous=FULL\`, then 200. It is compared with a bare restify route that only parses the same body, and with the same
route where every request waits for a commit of its own. Medians of ${rounds} interleaved rounds, quartiles in brackets.`,
    beside: `parse only 51,900 requests a second on an idle machine; with first-time random ids a ratio of 0.50 to 0.52 for the
upsert of one row, and 0.29 to 0.34 for a whole message (message, receipt, turn, window) before signature and validation;
on a 2 ms disk group commit is 35 times one commit a request, with rows of one table.`,
    rows: [
      ratioRow('against parsing only, 1 event a request', single.bluetick, single.parse, {
        least: 0.25,
      }),
      ratioRow('against one commit a request', single.bluetick, single.serial, { least: 1.5 }),
      slowed === undefined
        ? { what: 'the same with syncs of 2 ms', value: 'left out: it takes Linux and a C compiler' }
        : ratioRow('the same with syncs of 2 ms', slowed.bluetick, slowed.serial, { least: 15 }),
      ratioRow('against parsing only, 10 events a request', ten.bluetick, ten.parse),
      rateRow('requests a second, 1 event each', single),
      rateRow('requests a second, 10 events each', ten),
      ...(slowed === undefined ? [] : [rateRow('requests a second with syncs of 2 ms', slowed)]),
    ],
  };
}

function rateRow(what: string, { parse, bluetick, serial }: Rates): Row {
  const [parsed, admitted, alone] = [parse, bluetick, serial].map(rates => Math.round(median(rates)));
  return { what, value: `admitted ${admitted}, parsed ${parsed}, one commit each ${alone}` };
}

async function measure(
  folder: string,
  events: number,
  random: () => number,
  settings: Readonly<Record<string, string>> = {},
): Promise<Rates> {
  const rates: Rates = { parse: [], bluetick: [], serial: [] };
  const kinds = Object.keys(requestsOf) as Kind[];
  const servers = new Map<Kind, Program>();
  try {
    for (const kind of kinds) servers.set(kind, await startServer(kind, join(folder, kind), settings));
    for (let round = 0; round <= rounds; round += 1) {
      for (const [kind, { said }] of servers) {
        const count = round === 0 ? Math.min(warmUpRequests, requestsOf[kind]) : requestsOf[kind];
        const webhooks = signedRequests(Math.ceil(count / events), events, random);
        const { rate, failed } = await sendLoad(Number(said[0]), webhooks, connections);
        if (failed > 0) throw new Error(`${failed} requests to the server ${kind} were not answered 200`);
        if (round > 0) rates[kind].push(rate);
      }
    }
  } finally {
    for (const server of servers.values()) await server.end();
  }
  return rates;
}

/** The database is made in a folder that the server makes. */
function startServer(
  kind: Kind,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Program> {
  return startProgram([join(import.meta.dirname, 'webhookServer.ts'), kind, folder], {
    ready: /^(\d+)$/,
    folder: dirname(dirname(folder)),
    settings,
  });
}

import { join } from 'node:path';
import { type Comparison, compareServers, rateRow, rounds, usualConnections } from './compareServers.ts';
import { ratioRow, type Section } from './report.ts';
import { seeded, signedRequests } from './samples.ts';
import { slowDisk } from './slowDisk.ts';

/** With slow syncs also so many: what waits shares a sync, so that connections bound how much does. */
const manyConnections = 256;
const withSlowSyncs = `the same with syncs of 2 ms, over ${manyConnections} connections`;
/** Round 0 lasts until what runs often is compiled: some three seconds. */
const warmUpRequests = { parse: 8000, bluetick: 12_000, serial: 1000 } as const;
const requests = { parse: 8000, bluetick: 4000, serial: 1000 } as const;

/** Webhook intake: durable admission against a route that only parses, and against one commit a request. */
export async function benchAdmission(folder: string): Promise<Section> {
  const random = seeded(1);
  const measure = (name: string, events: number, more: Pick<Comparison, 'settings' | 'connections'> = {}) =>
    compareServers({
      ...more,
      folder: join(folder, name),
      requests,
      requestsOf: (kind, round, count) =>
        signedRequests(Math.ceil((round === 0 ? warmUpRequests[kind] : count) / events), events, random),
    });
  const single = await measure('single', 1);
  const ten = await measure('ten', 10);
  const slow = slowDisk(folder);
  const slowed = slow && (await measure('slow', 1, { settings: slow, connections: manyConnections }));
  const slowedUsual = slow && (await measure('slow-usual', 1, { settings: slow }));
  return {
    title: 'Durable admission',
    shape: `Signed webhooks of Meta's form with first-time messages under random ids, of 20,000 customers (most of them new
to the store), sent over ${usualConnections} keep-alive connections by a second process, each connection one request at a time
(with slow syncs also over ${manyConnections}: as many requests share a sync as wait for it). Admission is the host's own route: signature, parse, rows
of message, receipt, turn and window, commit with \`synchronous=FULL\`, then 200. It is compared with a bare restify route that only parses the same body, and with the same
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
        ? { what: withSlowSyncs, value: 'left out: it takes Linux and a C compiler' }
        : ratioRow(withSlowSyncs, slowed.bluetick, slowed.serial, { least: 15 }),
      ...(slowedUsual === undefined
        ? []
        : [
            ratioRow(
              `the same over ${usualConnections} connections`,
              slowedUsual.bluetick,
              slowedUsual.serial,
            ),
          ]),
      ratioRow('against parsing only, 10 events a request', ten.bluetick, ten.parse),
      rateRow('requests a second, 1 event each', single),
      rateRow('requests a second, 10 events each', ten),
      ...(slowed === undefined ? [] : [rateRow('requests a second with syncs of 2 ms', slowed)]),
    ],
  };
}

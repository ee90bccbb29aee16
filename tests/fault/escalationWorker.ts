/**
 * A process that carries out the escalations of a store, over text messages by ACS. Its arguments: the store's file, by
 * how many milliseconds its clock is ahead, the connection string, and the refs of the messages as JSON. It says in lines
 * of JSON that it has the store, and when none of the messages waits any more. It lives until it is killed, or its
 * standard input ends.
 */
import { Escalator } from '../../middleware/acknowledgements/escalator.ts';
import { createAcsSms } from '../../middleware/acknowledgements/ways/acsSms.ts';
import { Dispatcher } from '../../middleware/receipts/dispatcher.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemScheduler as scheduler } from '../../middleware/timing/systemClock.ts';

const [, , path = '', ahead = '0', connectionString = '', refs = '[]'] = process.argv;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const print = (fields: object, message: string) =>
  void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const log = { debug() {}, info() {}, warn: print, error: print };

const clock = { now: () => Date.now() + Number(ahead) };
const store = await openSqliteStore({ path });
const sms = createAcsSms({ connectionString, from: '+15550100', clock });
const stop = new AbortController();

const escalator = new Escalator({
  store,
  channels: new Map(),
  ways: new Map([[sms.type, sms]]),
  clock,
  scheduler,
  log,
  random: Math.random,
  stopping: stop.signal,
  hooks: [],
  wakeAt: at => dispatcher.wakeAt(at),
  applyStatuses: async () => {},
  emit: () => void sayWhenDone(),
});
const idle = async () => {};
const dispatcher = new Dispatcher(
  { store, clock, scheduler, log },
  { turn: idle, receipt: idle, outbound: idle, escalation: conversation => escalator.run(conversation) },
);

async function sayWhenDone(): Promise<void> {
  const entries = await Promise.all((JSON.parse(refs) as string[]).map(ref => store.ledgerEntry({ ref })));
  const open = entries.filter(entry => ['waiting', 'claimed'].includes(String(entry?.escalation?.state)));
  if (open.length === 0) say({ done: true });
}

process.stdin.resume().on('end', async () => {
  stop.abort();
  await dispatcher.stop();
  await sms.close();
  await store.close();
});
say({ open: true });
dispatcher.start();
await sayWhenDone();

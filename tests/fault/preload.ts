/**
 * Comes into the host's process, and into the thread of its store, before anything of the product (`node --import`).
 * It counts the points at which a process may die (see `points.ts`) and kills it at the one that it was told;
 * it shifts the clock, and makes the store read-only or a liar. The product knows nothing of it.
 *
 * @module
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import {
  type FaultPoint,
  type FromHost,
  type StoreMode,
  type StoreState,
  stateQuery,
  storeModes,
  type ToHost,
} from './points.ts';
import { type Sabotage, sabotaged } from './sabotages.ts';

/**
 * What both threads see: the points left until the kill, the transactions left until one fails, how the store behaves,
 * the rows that it has written, and its state; the points left until it freezes.
 */
const cell = { kill: 0, fail: 1, store: 2, rows: 3, unrest: 4, givenUp: 5, freeze: 6 } as const;
const shared = isMainThread ? new Int32Array(new SharedArrayBuffer(28)) : inherited();
let sabotage: Sabotage | 'none' = 'none';
/** The number that the database knows this process by. */
let instance = 0;

/** Counts down; answers whether this was the last one. */
function isDue(countdown: number): boolean {
  return Atomics.load(shared, countdown) > 0 && Atomics.sub(shared, countdown, 1) === 1;
}

/** Passes a point, or dies or freezes there. A signal of that kind to oneself is served before the call returns. */
function pass(point: FaultPoint): void {
  if (isDue(cell.freeze)) {
    writeSync(2, `${JSON.stringify({ frozenAt: point, instance })}\n`);
    process.kill(process.pid, 'SIGSTOP');
  }
  if (!isDue(cell.kill)) return;
  writeSync(2, `${JSON.stringify({ killedAt: point })}\n`);
  process.kill(process.pid, 'SIGKILL');
}

if (isMainThread) {
  setEnvironmentData('bluetick:fault', shared.buffer);
  Atomics.store(shared, cell.kill, Number(process.env.FAULT_KILL_AT ?? 0));
  watchHttp();
  obey();
  // Nobody has looked into the store yet.
  Atomics.store(shared, cell.rows, -1);
  void tellOfStore();
}
watchStore();
if (isMainThread && process.env.DATABASE_URL !== undefined) await watchDatabase();

function inherited(): Int32Array {
  return new Int32Array(getEnvironmentData('bluetick:fault') as SharedArrayBuffer);
}

function watchHttp(): void {
  const isWebhook = (message: unknown) =>
    (message as { request: IncomingMessage }).request.url?.startsWith('/webhooks/') === true;
  subscribe('http.server.request.start', message => isWebhook(message) && pass('webhook came'));
  subscribe('http.server.response.finish', message => isWebhook(message) && pass('webhook answered'));
  subscribe('undici:client:sendHeaders', () => pass('call begins'));
  subscribe('undici:request:bodySent', () => pass('call sent'));
  subscribe('undici:request:headers', () => pass('call answered'));
}

/** The store's transactions, wherever it has its database. */
function watchStore(): void {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function execWatched(this: DatabaseSync, sql: string) {
    const mode = storeMode();
    if (/\bBEGIN\b/.test(sql)) exec.call(this, `PRAGMA query_only = ${mode === 'readOnly' ? 1 : 0}`);
    if (!/\bCOMMIT\b/.test(sql)) return exec.call(this, sql);
    pass('commit begins');
    if (isDue(cell.fail)) throw new Error('disk I/O error');
    exec.call(this, mode === 'lying' ? sql.replace('COMMIT', 'ROLLBACK') : sql);
    pass('commit done');
    publish(this);
  };
}

function storeMode(): StoreMode {
  return storeModes[Atomics.load(shared, cell.store)] ?? 'honest';
}

interface AskedQuery {
  readonly text: string;
  readonly name?: string;
}
type AskQuery = (this: object, asked: string | AskedQuery, ...rest: unknown[]) => Promise<unknown>;

/** The transactions of a store on PostgreSQL, which are statements like others. */
async function watchDatabase(): Promise<void> {
  const { default: pg } = await import('pg');
  const client = pg.Client.prototype as unknown as { query: AskQuery };
  const { query } = client;
  client.query = function queryWatched(this, asked, ...rest) {
    const mode = storeMode();
    if (typeof asked !== 'string') return query.call(this, sabotaged(asked, sabotage), ...rest);
    if (mode === 'readOnly' && asked.startsWith('BEGIN'))
      return query.call(this, asked.replace('BEGIN', 'BEGIN READ ONLY'), ...rest);
    if (asked.startsWith('INSERT INTO instance')) return learningWho(query.call(this, asked, ...rest));
    if (asked !== 'COMMIT') return query.call(this, asked, ...rest);
    pass('commit begins');
    const fails = isDue(cell.fail);
    const done = query.call(this, fails || mode === 'lying' ? 'ROLLBACK' : 'COMMIT');
    // In this turn of the event loop it is only on its way to the socket.
    setImmediate(() => pass('commit sent'));
    return done.then(answer => {
      if (fails) throw new Error('disk I/O error');
      pass('commit done');
      Atomics.add(shared, cell.rows, 1);
      Atomics.notify(shared, cell.rows);
      return answer;
    });
  };
}

/** The answer to a statement that tells which number this process has. */
async function learningWho(asked: ReturnType<AskQuery>): ReturnType<AskQuery> {
  const answer = await asked;
  const [row] = (answer as { readonly rows: readonly { readonly id: number }[] }).rows;
  if (row === undefined) throw new Error('the database gave this process no number');
  instance = row.id;
  return answer;
}

/** Lets the test know what the store has come to, if it has written. */
function publish(db: DatabaseSync): void {
  const rows = Number(db.prepare('SELECT total_changes() AS rows').get()?.rows);
  if (Atomics.load(shared, cell.rows) === rows) return;
  const { unrest, givenUp } = db.prepare(stateQuery).get(Date.now()) as unknown as StoreState;
  Atomics.store(shared, cell.unrest, unrest);
  Atomics.store(shared, cell.givenUp, givenUp);
  Atomics.store(shared, cell.rows, rows);
  Atomics.notify(shared, cell.rows);
}

/** The test's orders, over the channel between the processes; it keeps no process alive. */
function obey(): void {
  const { now } = Date;
  process.on('message', (order: ToHost) => {
    if (order.killIn !== undefined) Atomics.store(shared, cell.kill, order.killIn);
    if (order.freezeIn !== undefined) Atomics.store(shared, cell.freeze, order.freezeIn);
    if (order.failIn !== undefined) Atomics.store(shared, cell.fail, order.failIn);
    if (order.store !== undefined) Atomics.store(shared, cell.store, storeModes.indexOf(order.store));
    sabotage = order.sabotage ?? sabotage;
    const { clock } = order;
    if (clock !== undefined) Date.now = () => now() + clock;
    tell({ obeyed: true });
  });
  // A test that is gone leaves nothing running.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}

async function tellOfStore(): Promise<never> {
  for (;;) {
    // Looked at before it is told: what is written meanwhile is told in the next round.
    const seen = Atomics.load(shared, cell.rows);
    if (seen >= 0)
      tell({ unrest: Atomics.load(shared, cell.unrest), givenUp: Atomics.load(shared, cell.givenUp) });
    const waited = Atomics.waitAsync(shared, cell.rows, seen);
    if (waited.async) await waited.value;
  }
}

function tell(news: FromHost): void {
  if (process.connected) process.send?.(news);
}

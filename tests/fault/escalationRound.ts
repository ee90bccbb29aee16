import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { escalationLeaseMs } from '../../middleware/acknowledgements/escalator.ts';
import type { EscalationState, Store } from '../../middleware/ports.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, message } from '../contract/storeSamples.ts';
import { environment } from '../support/hostProcess.ts';
import { keysOf, startTextProvider } from './textProvider.ts';

const script = join(import.meta.dirname, 'escalationWorker.ts');
/** Messages of a round, each to another customer: they are escalated side by side. */
const messages = 12;
const saysWithinMs = 30_000;

/** What became of one message in a round. */
export interface EscalationWitness {
  readonly ref: string;
  /** How far its escalation was when the first worker had died. */
  readonly atDeath: EscalationState | undefined;
  readonly state: EscalationState | undefined;
  readonly possiblyDoubled: boolean | undefined;
  /** How many calls reached the provider, and under how many keys. */
  readonly calls: number;
  readonly keys: number;
}

/**
 * Plays a round: escalations fall due, a worker in a process of its own is killed at the n-th call, and another one, to
 * which the dead one's claims have ended, does what is left.
 *
 * @param killAt which call; 0: it is killed as soon as it has the store
 */
export async function playEscalationRound(killAt: number): Promise<readonly EscalationWitness[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-escalations-'));
  const path = join(folder, 'store.sqlite');
  let onCall: (count: number) => void = () => {};
  const provider = await startTextProvider(count => onCall(count));
  const workers: Worker[] = [];
  const start = (aheadMs: number, refs: readonly string[]) => {
    const worker = startWorker([path, String(aheadMs), provider.connectionString, JSON.stringify(refs)]);
    workers.push(worker);
    return worker;
  };
  try {
    const refs = await withStore(path, fill);
    const first = start(0, refs);
    if (killAt > 0) onCall = count => void (count === killAt && first.child.kill('SIGKILL'));
    await first.said('open');
    if (killAt === 0) first.child.kill('SIGKILL');
    await first.exited;
    onCall = () => {};
    const atDeath = await withStore(path, store => statesOf(store, refs));
    const second = start(escalationLeaseMs + 1000, refs);
    await second.said('done');
    second.child.stdin?.end();
    await second.exited;
    return await withStore(path, async store => {
      const ended = await statesOf(store, refs);
      return refs.map((ref, place) => {
        const mine = provider.calls.filter(({ message }) => message === textOf(place));
        return {
          ref,
          atDeath: atDeath[place]?.state,
          state: ended[place]?.state,
          possiblyDoubled: ended[place]?.possiblyDoubled,
          calls: mine.length,
          keys: keysOf(mine),
        };
      });
    });
  } finally {
    for (const { child, exited } of workers) {
      child.kill('SIGKILL');
      await exited;
    }
    await provider.close();
    await rm(folder, { recursive: true });
  }
}

const textOf = (place: number) => `message ${place}`;

async function withStore<T>(path: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ path, thread: false });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Messages whose escalation is due at once, one to each customer. */
async function fill(store: Store): Promise<readonly string[]> {
  const now = Date.now() - 1000;
  const refs: string[] = [];
  for (let place = 0; place < messages; place += 1) {
    const customer = `49155500${10_000 + place}`;
    const inbound = admission(message(`w${place}`, { customer, sentAt: now }), { turn: false });
    const { admitted } = await store.admit(batch([inbound], { now }));
    const { outbound } = await store.addOutbound({
      conversation: String(admitted[0]?.conversation.id),
      content: { type: 'text', text: textOf(place) },
      correlation: `k${place}`,
      now,
      leaseMs: 1000,
      escalate: { unless: 'delivered', afterMs: 1000, via: [{ type: 'sms' }] },
    });
    await store.changeOutbound(outbound.ref, { state: 'sent', providerId: `wamid.${place}` }, now);
    refs.push(outbound.ref);
  }
  return refs;
}

const statesOf = (store: Store, refs: readonly string[]) =>
  Promise.all(refs.map(async ref => (await store.ledgerEntry({ ref }))?.escalation));

interface Worker {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  /** Waits until it has said a line with this field; rejects if it ends before. */
  said(field: 'open' | 'done'): Promise<void>;
}

function startWorker(args: readonly string[]): Worker {
  const child = spawn(process.execPath, [script, ...args], {
    env: environment({}),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const said = { open: Promise.withResolvers<void>(), done: Promise.withResolvers<void>() };
  createInterface({ input: child.stdout }).on('line', line => {
    for (const field of Object.keys(JSON.parse(line))) said[field as keyof typeof said].resolve();
  });
  return {
    child,
    exited,
    async said(field) {
      const deadline = AbortSignal.timeout(saysWithinMs);
      const late = once(deadline, 'abort').then(() =>
        Promise.reject(new Error(`it has not said "${field}"`)),
      );
      const gone = exited.then(() => Promise.reject(new Error(`it ended before it said "${field}"`)));
      await Promise.race([said[field].promise, late, gone]);
    },
  };
}

import type { Admission, Conversation, Store } from '../../middleware/index.ts';
import { type BareMessage, type BareStore, bareBatch, bareMessage, openBareStore } from './bareStore.ts';
import { benchPostgresShape } from './benchPostgres.ts';
import { type BenchStores, openBenchStore, type StoreName, storeNames, withStores } from './benchStores.ts';
import { type Contender, eachOf, inLists, inTurn } from './contenders.ts';
import { median, type Row, ratioRow, type Section } from './report.ts';
import { benchBusiness, seeded } from './samples.ts';

const rounds = 5;
const owedARound = 2000;
/** Lanes that are claimed at once, as the dispatcher does. */
const claimLimit = 200;
const leaseMs = 10_000;
const inFlight = 64;

const steps = ['insert', 'claim', 'finish'] as const;
type Step = (typeof steps)[number];

/** Whoever inserts what is owed, claims it, and finishes it. */
interface Worker {
  insert(messages: readonly BareMessage[]): Promise<void>;
  /** Claims all that is due; answers how many. */
  claim(): Promise<number>;
  /** Finishes what was claimed. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Receipts that are owed: insert, claim and finish through the store, against bare SQL. */
export async function benchOwedRows(folder: string): Promise<Section> {
  const rows = await withStores(folder, async stores => {
    const all: Row[] = [];
    for (const name of storeNames) all.push(...(await compare(stores, name)));
    return all;
  });
  return {
    title: 'Owed receipts: insert, claim, finish',
    shape: `${benchPostgresShape}. Through the store's port, without HTTP and engine, ${owedARound.toLocaleString('en')} a round: admitted with ${inFlight} calls in flight, claimed
${claimLimit} at once, ended as sent with ${inFlight} in flight. Bare: the same rows in the same tables by SQL alone, ${bareBatch} a commit, claims with
\`FOR UPDATE SKIP LOCKED\`. Receipts a second; medians of ${rounds} interleaved rounds, quartiles in brackets.`,
    beside: `SQLite, one table of due times: insert 83,200 a second, claim and complete 72,400 (500 at once); PostgreSQL, own rows, batches
of 100: insert 100,000 to 144,000, claim and mark 17,000 to 53,000.`,
    rows,
  };
}

async function compare({ newPlace }: BenchStores, name: StoreName): Promise<Row[]> {
  const random = seeded(10);
  const took: Record<'port' | 'bare', Record<Step, number[]>> = {
    port: { insert: [], claim: [], finish: [] },
    bare: { insert: [], claim: [], finish: [] },
  };
  const contender = (worker: Worker, of: Record<Step, number[]>): Contender => ({
    async run(round) {
      const messages = Array.from({ length: owedARound }, () => bareMessage(random));
      const time = async (step: Step, act: () => Promise<unknown>) => {
        const begin = performance.now();
        await act();
        const seconds = (performance.now() - begin) / 1000;
        if (round > 0) of[step].push(owedARound / seconds);
        return seconds;
      };
      const seconds = [
        await time('insert', () => worker.insert(messages)),
        await time('claim', () => worker.claim()),
        await time('finish', () => worker.finish()),
      ];
      return owedARound / seconds.reduce((sum, each) => sum + each, 0);
    },
    end: () => worker.close(),
  });
  const whole = await inTurn(
    {
      port: async () => contender(portWorker(await openBenchStore(await newPlace(name))), took.port),
      bare: async () => contender(bareWorker(await openBareStore(await newPlace(name))), took.bare),
    },
    rounds,
  );
  const figures = (of: 'port' | 'bare') =>
    steps.map(step => `${step} ${Math.round(median(took[of][step]))}`).join(', ');
  return [
    ...steps.map(step => ratioRow(`${name}: ${step}, against bare SQL`, took.port[step], took.bare[step])),
    ratioRow(`${name}: all three, against bare SQL`, whole.port, whole.bare),
    { what: `${name}: receipts a second`, value: figures('port') },
    { what: `bare ${name}: receipts a second`, value: figures('bare') },
  ];
}

function portWorker(store: Store): Worker {
  let claimed: Conversation[] = [];
  return {
    insert: messages =>
      eachOf(messages, inFlight, message =>
        store.admit({
          admissions: [admissionOf(message)],
          rejected: [],
          firstHolder: 'bot',
          now: Date.now(),
          // Nobody has room: it stays due for whoever claims.
          leaseMs: 0,
        }),
      ),
    async claim() {
      claimed = [];
      for (;;) {
        const room = { turn: 0, receipt: claimLimit, outbound: 0, escalation: 0 };
        const { claims } = await store.claimDue(Date.now(), room, leaseMs);
        if (claims.length === 0) return claimed.length;
        claimed.push(...claims.map(({ conversation }) => conversation));
      }
    },
    finish: () =>
      eachOf(claimed, inFlight, async ({ id }) => {
        const now = Date.now();
        const due = await store.dueReceipts(id, now);
        const changes = due.map(({ ref }) => ({
          ref,
          outcome: 'sent' as const,
          because: 'the provider has taken it',
          at: now,
          attempts: 1,
          cause: { by: 'provider' as const },
          answer: 'taken' as const,
        }));
        await store.changeReceipts(id, changes, { now, leaseMs, end: true });
      }),
    close: () => store.close(),
  };
}

function bareWorker(store: BareStore): Worker {
  let claimed: number[] = [];
  return {
    insert: messages =>
      eachOf(inLists(messages, bareBatch), 4, batch => store.addMessages(batch, Date.now())),
    async claim() {
      claimed = [];
      for (;;) {
        const conversations = await store.claim(claimLimit);
        if (conversations.length === 0) return claimed.length;
        claimed.push(...conversations);
      }
    },
    finish: () => eachOf(inLists(claimed, bareBatch), 4, batch => store.finish(batch)),
    close: () => store.close(),
  };
}

function admissionOf({ customer, providerId }: BareMessage): Admission {
  const now = Date.now();
  return {
    message: {
      channel: 'meta',
      business: benchBusiness,
      customer,
      kind: 'message',
      key: providerId,
      providerId,
      sentAt: now,
      content: { type: 'text', text: 'Is my bicycle ready?' },
    },
    decidedOn: undefined,
    receipt: { outcome: 'scheduled', dueAt: now, because: 'due at once' },
    solo: false,
    expiresAt: now + 30 * 24 * 60 * 60 * 1000,
    characters: 20,
    turn: false,
  };
}

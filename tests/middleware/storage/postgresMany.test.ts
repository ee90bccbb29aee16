import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Acknowledgement } from '../../../middleware/domain.ts';
import type { Store } from '../../../middleware/ports.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, held, later, leaseMs, message, now } from '../../contract/storeSamples.ts';
import { testDatabase } from '../../support/postgres.ts';

/** Everything that a conversation goes through, and what the store answers of it. */
async function story(store: Store, customer: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  const told = async <T>(asked: Promise<T>): Promise<T> => {
    const answer = await asked;
    answers.push(answer);
    return answer;
  };
  const key = (id: string) => `${id} of ${customer}`;
  const write = (id: string, over: Parameters<typeof admission>[1] = {}, at = now) =>
    told(store.admit(batch([admission(message(key(id), { customer, sentAt: at }), over)], { now: at })));
  const first = await write('w1');
  const id = String(first.admitted[0]?.conversation.id);
  const ref = String(first.admitted[0]?.ref);
  await write('w1');
  await told(store.beginTurn(id, now));
  await told(
    store.changeReceipts(
      id,
      [{ ref, outcome: 'sent', because: 'accepted', at: now + 1, attempts: 1, cause: { by: 'policy' } }],
      { now: now + 1, leaseMs, end: true },
    ),
  );
  const added = await told(
    store.addOutbound({
      conversation: id,
      content: { type: 'text', text: `for ${customer}` },
      correlation: key('o1'),
      now: now + 2,
      leaseMs,
      turn: { ref, ordinal: 0 },
    }),
  );
  await told(store.changeOutbound(added.outbound.ref, { state: 'sent', providerId: key('p1') }, now + 3));
  await told(store.nextOutbound(id, now + 4));
  await told(
    store.endTurn(
      id,
      ref,
      { how: 'done', state: [{ key: key('s'), to: { json: '{}', eTag: '1' } }] },
      now + 5,
    ),
  );
  const status = (means: Acknowledgement['means'], at: number, more = {}) =>
    told(
      store.admit(
        batch([], {
          ledger: {
            shared: false,
            entries: [
              {
                acknowledgement: {
                  channel: 'meta',
                  business: 'b1',
                  customer,
                  providerId: key('p1'),
                  means,
                  at,
                  ...more,
                } as Acknowledgement,
              },
            ],
          },
        }),
      ),
    );
  await status('read', now + 9);
  await status('delivered', now + 7);
  await status('delivered', now + 7);
  await status('sent', now + 6);
  await status('failed', now + 8, { failure: { code: '131026', detail: 'x' } });
  await write('w2', held, now + 20);
  await write('w3', {}, now + 21);
  await write('w4', later(now + 500), now + 22);
  await told(store.changeConversation(id, { workstream: 'w' }));
  await told(store.openReceipts(id));
  const open = await store.openReceipts(id);
  await told(
    store.changeReceipts(
      id,
      open.map(
        ({ ref: each }) => ({ ref: each, outcome: 'skipped', because: 'closed', at: now + 30 }) as const,
      ),
      { now: now + 30, leaseMs, end: false },
    ),
  );
  await told(store.beginTurn(id, now + 31));
  await told(
    store.endTurn(id, String(open[0]?.ref), { how: 'retry', dueAt: now + 900, counted: true }, now + 32),
  );
  await told(store.listReceipts(id, 10));
  await told(store.audit({ conversation: id }, { limit: 50 }));
  await told(store.thread(id, { limit: 20 }));
  await told(store.listLedger(id, { limit: 5 }));
  await told(store.conversationView(id));
  return answers;
}

/** Ids are given anew in each store: they become the order in which they are met. */
function comparable(answers: unknown[], customer: string): unknown {
  const names = new Map<string, string>();
  const text = JSON.stringify(answers).replaceAll(customer, 'customer');
  return JSON.parse(
    text.replace(/"([moafdqr]\d+|c_[\w-]{16})"/g, (_, id: string) => {
      if (!names.has(id)) names.set(id, `"${id[0]} ${names.size}"`);
      return names.get(id) as string;
    }),
  );
}

/** What a store makes of one webhook with many statuses: of several customers and messages, in turns. */
async function manyStatuses(store: Store): Promise<unknown[]> {
  const customers = Array.from({ length: 6 }, (_, index) => `4915551${index}`);
  const ids: string[] = [];
  for (const customer of customers) {
    const { admitted } = await store.admit(batch([admission(message(`w ${customer}`, { customer }))]));
    const conversation = String(admitted[0]?.conversation.id);
    ids.push(conversation);
    for (const which of ['one', 'two']) {
      const correlation = `${which} for ${customer}`;
      const content = { type: 'text', text: which } as const;
      const { outbound } = await store.addOutbound({ conversation, content, correlation, now, leaseMs });
      // The second one's call is not answered yet: a status may be the first to tell of it.
      if (which === 'one')
        await store.changeOutbound(outbound.ref, { state: 'sent', providerId: `p ${correlation}` }, now + 1);
    }
  }
  const of = (customer: string, id: string, means: Acknowledgement['means'], at: number, more = {}) =>
    ({ channel: 'meta', business: 'b1', customer, providerId: id, means, at, ...more }) as Acknowledgement;
  const statuses = (['read', 'sent', 'delivered'] as const).flatMap((means, step) => [
    ...customers.map(customer => of(customer, `p one for ${customer}`, means, now + 10 - step)),
    ...customers.map(customer =>
      of(customer, `p two for ${customer}`, means, now + 20 - step, { correlation: `two for ${customer}` }),
    ),
    of('4915559', 'p of another', means, now + 30 - step),
    of('4915559', 'p of another, again', means, now + 40 - step),
    of('4915558', `p one for ${customers[0]}`, means, now + 50 - step),
  ]);
  const entries = statuses.map(acknowledgement => ({ acknowledgement }));
  const { acknowledged = [] } = await store.admit(batch([], { ledger: { shared: true, entries } }));
  const lists: unknown[] = [];
  for (const id of ids) lists.push(await store.listLedger(id, { limit: 9 }));
  // An event tells what the row was before and after: of each message in the order in which its statuses came.
  return [acknowledged, lists];
}

describe('many conversations at once on PostgreSQL', () => {
  it('go as each would alone: what is asked for all of them in one question is answered to each', async () => {
    const shared = await openPostgresStore({ url: await testDatabase() });
    const own = await openSqliteStore({ path: ':memory:', thread: false });
    try {
      const customers = Array.from({ length: 24 }, (_, index) => `49155500${10_000 + index}`);
      const stories = await Promise.all(
        customers.map(async (customer, index) => {
          // Some are a step behind: then different questions go out together too.
          for (let step = 0; step < index % 3; step += 1) await nextTurn();
          return story(shared, customer);
        }),
      );
      for (const [index, customer] of customers.entries()) {
        const alone = await story(own, customer);
        const told = comparable(stories[index] ?? [], customer) as unknown[];
        const expected = comparable(alone, customer) as unknown[];
        for (const [step, answer] of expected.entries())
          assert.deepEqual(told[step], answer, `conversation ${index}, step ${step}`);
        assert.equal(told.length, expected.length);
      }
    } finally {
      await shared.close();
      await own.close();
    }
  });

  it('are told of by one webhook as by many: each status finds its message, in the order of its own', async () => {
    const shared = await openPostgresStore({ url: await testDatabase() });
    const own = await openSqliteStore({ path: ':memory:', thread: false });
    try {
      const told = comparable(await manyStatuses(shared), 'nobody');
      const expected = comparable(await manyStatuses(own), 'nobody');
      assert.deepEqual(told, expected);
      const whats = new Set((expected as { what: string }[][])[0]?.map(({ what }) => what));
      assert.deepEqual([...whats].sort(), ['applied', 'quarantined']);
    } finally {
      await shared.close();
      await own.close();
    }
  });
});

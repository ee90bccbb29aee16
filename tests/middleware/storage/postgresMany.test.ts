import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Acknowledgement } from '../../../middleware/domain.ts';
import type { Store } from '../../../middleware/ports.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, leaseMs, message, now } from '../../contract/storeSamples.ts';
import { testDatabase } from '../../support/postgres.ts';
import { conversationStory } from './conversationStory.ts';

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
          return conversationStory(shared, customer);
        }),
      );
      for (const [index, customer] of customers.entries()) {
        const alone = await conversationStory(own, customer);
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

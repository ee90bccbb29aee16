import type { Acknowledgement } from '../../../middleware/domain.ts';
import type { Store } from '../../../middleware/ports.ts';
import { admission, batch, held, later, leaseMs, message, now } from '../../contract/storeSamples.ts';

/** Everything that a conversation goes through, and what the store answers of it. */
export async function conversationStory(store: Store, customer: string): Promise<unknown[]> {
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

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createPolicyBook } from '../../../middleware/policy/policyBook.ts';
import { createEngine } from '../../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { metaLike, scriptedChannel } from '../../support/scriptedChannel.ts';

const customers = 20;
const messagesEach = 30;

describe('the engine on the real store and the real clock', () => {
  it('answers and reads everything while messages come in as fast as they are admitted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-load-'));
    const store = await openSqliteStore({ path: join(folder, 'store.sqlite') });
    let events = 0;
    const channel = scriptedChannel({ ...metaLike, callsPerSecond: 1_000_000 }, () => {
      events += 1;
      return events;
    });
    const answered = Promise.withResolvers<void>();
    let sends = 0;
    channel.answer = ({ what }) => {
      if (what === 'send') sends += 1;
      if (sends === customers * messagesEach) answered.resolve();
      return {};
    };
    const engine = createEngine({
      store,
      channels: [channel],
      policies: createPolicyBook({}, [channel]),
      async onTurn(turn) {
        await turn.think();
        await turn.beforeReply(1);
        await turn.send({ type: 'text', text: String(turn.message.messageId) });
      },
    });
    engine.start();
    try {
      await Promise.all(
        Array.from({ length: customers }, async (_, customer) => {
          for (let index = 0; index < messagesEach; index += 1) {
            const id = `w${customer}-${index}`;
            const address = { channel: 'meta', business: 'b1', customer: `c${customer}` } as const;
            const content = { type: 'text', text: 'x' };
            const message = {
              ...address,
              kind: 'message',
              key: id,
              providerId: id,
              sentAt: Date.now(),
              content,
            } as const;
            await engine.admit(channel, { messages: [message], acknowledgements: [], rejected: [] });
            await setImmediate();
          }
        }),
      );
      await answered.promise;
      await engine.stop();
      for (let customer = 0; customer < customers; customer += 1) {
        const conversation = await store.conversation({
          channel: 'meta',
          business: 'b1',
          customer: `c${customer}`,
        });
        const receipts = await store.listReceipts(String(conversation?.id), 100);
        assert.equal(receipts.length, messagesEach);
        assert.deepEqual(
          new Set(receipts.map(({ outcome }) => outcome)).difference(new Set(['sent', 'covered'])),
          new Set(),
        );
        const texts = channel.calls
          .filter(call => call.what === 'send' && call.customer === `c${customer}`)
          .map(({ text }) => text);
        assert.deepEqual(
          texts,
          Array.from({ length: messagesEach }, (_, index) => `w${customer}-${index}`),
        );
      }
    } finally {
      await engine.stop();
      await store.close();
      await rm(folder, { recursive: true });
    }
  }).timeout(20_000);
});

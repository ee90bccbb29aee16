import assert from 'node:assert/strict';
import { engagementOf, readEngagement } from '../../../../middleware/acknowledgements/figures/engagement.ts';
import type { LedgerEntry, LedgerState, PageQuery } from '../../../../middleware/ports.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, leaseMs, message } from '../../../contract/storeSamples.ts';
import { conversation, hour, state } from './samples.ts';

const day = 24 * 3_600_000;
/** When the messages were delivered, and when they are asked for. */
const then = hour;
const now = hour + 2 * day;

function entry(of: Partial<LedgerState>, over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ref: 'o1',
    conversation,
    origin: 'own',
    content: undefined,
    sending: 'sent',
    providerId: 'wamid.1',
    createdAt: then,
    acceptedAt: then,
    failure: undefined,
    refusal: undefined,
    possiblyDoubled: false,
    insteadOf: undefined,
    state: state(of),
    escalation: undefined,
    ...over,
  };
}

const prompt = entry({ at: { delivered: then, read: then + 60_000 } });
const late = entry({ at: { delivered: then, read: then + 60_001 } });
const unread = entry({ at: { delivered: then } });

describe('the engagement score', () => {
  it('is the mean of 1 for a prompt read, 0.5 for a later one, 0 for none', () => {
    const score = (...entries: LedgerEntry[]) => engagementOf(entries, now);
    assert.deepEqual(score(prompt), { score: 100, messages: 1 });
    assert.deepEqual(score(late), { score: 50, messages: 1 });
    assert.deepEqual(score(unread), { score: 0, messages: 1 });
    assert.deepEqual(score(prompt, prompt, late, unread), { score: 62.5, messages: 4 });
    assert.deepEqual(score(), { score: null, messages: 0 });
  });

  it('leaves out what is not read yet, for 24 hours', () => {
    const at = (ms: number) => engagementOf([prompt, unread], then + ms).messages;
    assert.deepEqual([at(day - 1), at(day)], [1, 2]);
  });

  it('leaves out what tells nothing', () => {
    const silent = entry({ at: { delivered: then }, repliedAt: then + 5000 });
    const played = entry({ at: { delivered: then, played: then + 5000 } });
    const onlyRead = entry({ at: { read: then } });
    const revoked = entry({ at: { delivered: then }, revokedAt: then + 1000 });
    const other = entry({ at: { delivered: then } }, { origin: 'other' });
    const failed = entry({ failures: [{ code: '131026', at: then }] });
    assert.deepEqual(engagementOf([silent, played, onlyRead, revoked, other, failed, late], now), {
      score: 50,
      messages: 1,
    });
  });

  it('is of the latest 50 that were delivered', () => {
    const sent = entry({ at: { sent: then } });
    const entries = Array.from({ length: 50 }, () => [prompt, sent]).flat();
    assert.deepEqual(engagementOf([...entries, unread, unread], now), { score: 100, messages: 50 });
    const silent = entry({ at: { delivered: then }, repliedAt: then + 5000 });
    assert.deepEqual(engagementOf([silent, ...entries.slice(2), late, late], now), {
      score: 100,
      messages: 49,
    });
  });

  it('is read from the conversation’s own rows, page by page, no more than needed', async () => {
    const store = await openSqliteStore({ path: ':memory:', thread: false });
    try {
      const { admitted } = await store.admit(
        batch([admission(message('w1')), admission(message('w2', { customer: 'ben' }))]),
      );
      const [anna, ben] = admitted.map(each => each.conversation.id);
      const send = async (to: string | undefined, index: number, read?: number) => {
        const content = { type: 'text', text: 'hi' } as const;
        const request = { conversation: String(to), content, correlation: `k${index}`, now: then, leaseMs };
        const { outbound } = await store.addOutbound(request);
        const providerId = `wamid.${index}`;
        await store.changeOutbound(outbound.ref, { state: 'sent', providerId }, then);
        const of = { channel: 'meta', business: 'b1', providerId } as const;
        const entries = [
          { acknowledgement: { ...of, status: 'delivered', means: 'delivered', at: then } as const },
          ...(read === undefined
            ? []
            : [{ acknowledgement: { ...of, status: 'read', means: 'read', at: then + read } as const }]),
        ];
        await store.admit(batch([], { ledger: { entries, shared: false } }));
      };
      for (let index = 0; index < 30; index += 1) await send(anna, index);
      for (let index = 30; index < 75; index += 1) await send(anna, index, 5000);
      await send(ben, 100, 5000);
      const pages: PageQuery[] = [];
      const watched = {
        listLedger(id: string, page: PageQuery) {
          pages.push(page);
          return store.listLedger(id, page);
        },
      };
      assert.deepEqual(await readEngagement(watched, String(anna), now), { score: 90, messages: 50 });
      assert.deepEqual(await readEngagement(watched, String(ben), now), { score: 100, messages: 1 });
      assert.deepEqual(await readEngagement(watched, 'c_unknown', now), { score: null, messages: 0 });
      assert.equal(pages.length, 3);
    } finally {
      await store.close();
    }
  });

  it('looks at 500 messages at most where few were delivered', async () => {
    let listed = 0;
    const endless = {
      async listLedger(_id: string, { limit }: PageQuery) {
        listed += limit;
        return Array.from({ length: limit }, () => entry({}));
      },
    };
    assert.deepEqual(await readEngagement(endless, 'c_1', now), { score: null, messages: 0 });
    assert.equal(listed, 500);
  });
});

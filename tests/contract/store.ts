import assert from 'node:assert/strict';
import type { InboundMessage } from '../../middleware/domain.ts';
import type { Admission, AdmissionBatch, Store } from '../../middleware/ports.ts';

/** Opens a store that keeps its content in the same place as the last one, or in a new place. */
export interface StoreHarness {
  open(): Promise<Store>;
  /** Closes and opens again what {@link open} gave, as a restart does. */
  reopen(store: Store): Promise<Store>;
  cleanUp(): Promise<void>;
}

const now = 1_700_000_000_000;
const leaseMs = 10_000;
const lane = { now, leaseMs, end: true } as const;

function message(id: string, over: Partial<InboundMessage> = {}): InboundMessage {
  const base = {
    channel: 'meta',
    business: 'b1',
    customer: '4915550001111',
    kind: 'message',
    sentAt: now,
  } as const;
  return { ...base, providerId: id, key: id, content: { type: 'text', text: 'hi' }, ...over };
}

function admission(inbound: InboundMessage, over: Partial<Admission> = {}): Admission {
  const receipt = { outcome: 'scheduled', dueAt: now, because: 'accepted' } as const;
  const base = {
    decidedOn: undefined,
    receipt,
    solo: false,
    expiresAt: now + 1e9,
    characters: 2,
    turn: true,
  };
  return { message: inbound, ...base, ...over };
}

const room = { turn: 10, receipt: 10, outbound: 10 };
const held = { receipt: { outcome: 'held', until: 'manual', because: 'read.when is manual' } } as const;
const later = (dueAt: number) => ({ receipt: { outcome: 'scheduled', dueAt, because: 'delay' } }) as const;

function batch(admissions: readonly Admission[], over: Partial<AdmissionBatch> = {}): AdmissionBatch {
  return { admissions, rejected: [], firstHolder: 'bot', now, leaseMs, ...over };
}

/** The one suite that every store passes. */
export function describeStore(name: string, harness: StoreHarness): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.cleanUp();
    });

    const admit = (...admissions: Admission[]) => store.admit(batch(admissions));
    const outcomes = async (conversation: string) =>
      (await store.listReceipts(conversation, 100))
        .map(({ messageId, outcome }) => [messageId, outcome])
        .reverse();

    describe('admission', () => {
      it('writes message, receipt, turn and window together, and hands over what is due at once', async () => {
        const { admitted, claims, stale } = await admit(admission(message('w1')));
        assert.deepEqual(stale, []);
        const [first] = admitted;
        assert.equal(first?.status, 'admitted');
        assert.deepEqual(
          claims.map(({ kind, conversation }) => [kind, conversation.id]),
          [
            ['turn', first?.conversation.id],
            ['receipt', first?.conversation.id],
          ],
        );
        const conversation = await store.conversation(message('w1'));
        assert.equal(conversation?.windowFrom, now);
        assert.equal(conversation?.holder, 'bot');
        assert.deepEqual(await store.conversation(String(first?.conversation.id)), conversation);
      });

      it('does not put any part of the customer into the ids that it gives', async () => {
        const { admitted } = await admit(admission(message('wamid.4915550001111')));
        assert.doesNotMatch(
          JSON.stringify([admitted[0]?.ref, admitted[0]?.conversation.id]),
          /4915550001111|wamid/,
        );
      });

      it('keeps a redelivered message once, whatever else comes with it', async () => {
        await admit(admission(message('w1')));
        const { admitted, claims } = await admit(admission(message('w1')), admission(message('w2')));
        assert.deepEqual(
          admitted.map(({ status }) => status),
          ['duplicate', 'admitted'],
        );
        assert.deepEqual(claims, []);
        const id = admitted[1]?.conversation.id ?? '';
        assert.deepEqual((await outcomes(id)).length, 2);
      });

      it('takes the same id as another message where channel or business differ', async () => {
        const { admitted } = await admit(
          admission(message('w1')),
          admission(message('w1', { business: 'b2' })),
          admission(message('w1', { channel: 'acs' })),
        );
        assert.deepEqual(
          admitted.map(({ status }) => status),
          ['admitted', 'admitted', 'admitted'],
        );
        assert.equal(new Set(admitted.map(({ conversation }) => conversation.id)).size, 3);
      });

      it('keeps one of a hundred copies that come at once', async () => {
        const copies = Array.from({ length: 100 }, () => admit(admission(message('w1'))));
        const statuses = (await Promise.all(copies)).map(({ admitted }) => admitted[0]?.status);
        assert.equal(statuses.filter(status => status === 'admitted').length, 1);
      });

      it('never moves the window back', async () => {
        await admit(admission(message('w2', { sentAt: now + 5000 })));
        await admit(admission(message('w1', { sentAt: now })));
        assert.equal((await store.conversation(message('w1')))?.windowFrom, now + 5000);
      });

      it('writes nothing of a batch that was decided on another state, and says on which to decide', async () => {
        const { admitted } = await admit(admission(message('w1')));
        const conversation = await store.changeConversation(String(admitted[0]?.conversation.id), {
          holder: 'agent',
        });
        const stale = await admit(admission(message('w3', { customer: 'other' })), admission(message('w2')));
        assert.deepEqual(stale.stale, [conversation]);
        assert.deepEqual(stale.admitted, []);
        assert.equal(await store.conversation(message('w3', { customer: 'other' })), undefined);
        const again = await admit(admission(message('w2'), { decidedOn: conversation }));
        assert.equal(again.admitted[0]?.status, 'admitted');
      });

      it('holds what comes behind a held message, and schedules it when the bar is lifted', async () => {
        const { admitted } = await admit(admission(message('w1'), held));
        const id = String(admitted[0]?.conversation.id);
        const second = await admit(admission(message('w2', { sentAt: now + 1 })));
        assert.equal(second.admitted[0]?.receipt?.outcome, 'held');
        assert.deepEqual(await outcomes(id), [
          ['w1', 'held'],
          ['w2', 'held'],
        ]);
        const release = {
          ref: String(admitted[0]?.ref),
          outcome: 'scheduled',
          dueAt: now,
          because: 'asked',
        } as const;
        await store.changeReceipts(id, [release], lane);
        assert.deepEqual(await outcomes(id), [
          ['w1', 'scheduled'],
          ['w2', 'scheduled'],
        ]);
      });

      it('bars what is scheduled already when an earlier message comes late and is held', async () => {
        const { admitted } = await admit(admission(message('w2', { sentAt: now + 1 }), later(now + 60_000)));
        await admit(admission(message('w1'), held));
        assert.deepEqual(await outcomes(String(admitted[0]?.conversation.id)), [
          ['w2', 'held'],
          ['w1', 'held'],
        ]);
      });

      it('leaves solo receipts out of the bar', async () => {
        const { admitted } = await admit(
          admission(message('w1'), { ...held, solo: true }),
          admission(message('w2'), { solo: true }),
        );
        assert.deepEqual(await outcomes(String(admitted[0]?.conversation.id)), [
          ['w1', 'held'],
          ['w2', 'scheduled'],
        ]);
      });

      it('takes a message that comes late behind a sent receipt as covered', async () => {
        const { admitted } = await admit(admission(message('w2', { sentAt: now + 1000 })));
        const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
        await store.changeReceipts(
          conversation.id,
          [{ ref, outcome: 'sent', because: 'accepted', at: now }],
          lane,
        );
        const late = await admit(admission(message('w1')), admission(message('w3', { sentAt: now + 1000 })));
        assert.deepEqual(
          late.admitted.map(({ receipt }) => receipt?.outcome),
          ['covered', 'scheduled'],
        );
      });

      it('keeps what could not be read as dead letters', async () => {
        const rejected = [{ channel: 'meta' as const, reason: 'no id', item: { odd: true } }];
        await store.admit(batch([], { rejected }));
        await store.admit(batch([], { rejected, now: now + 1 }));
        const [letter, ...more] = await store.deadLetters(10);
        assert.deepEqual(more, [], 'delivered again, kept once');
        assert.equal(letter?.reason, 'no id');
        assert.deepEqual(letter?.item, { odd: true });
        assert.equal(letter?.what, 'webhook-item');
      });
    });

    describe('due work', () => {
      it('is claimed once, when it is due, earliest first', async () => {
        await admit(
          admission(message('w1', { customer: 'a' }), { ...later(now + 2000), turn: false }),
          admission(message('w2', { customer: 'b' }), { ...later(now + 1000), turn: false }),
        );
        assert.deepEqual((await store.claimDue(now, room, leaseMs)).nextDueAt, now + 1000);
        const { claims } = await store.claimDue(now + 5000, room, leaseMs);
        assert.deepEqual(
          claims.map(({ conversation }) => conversation.customer),
          ['b', 'a'],
        );
        assert.deepEqual((await store.claimDue(now + 5000, room, leaseMs)).claims, []);
      });

      it('is due again when the lease has ended', async () => {
        await admit(admission(message('w1')));
        assert.deepEqual((await store.claimDue(now + leaseMs - 1, room, leaseMs)).claims, []);
        const { claims } = await store.claimDue(now + leaseMs, room, leaseMs);
        assert.deepEqual(claims.map(({ kind }) => kind).sort(), ['receipt', 'turn']);
      });

      it('is due at once after a restart, and everything else is as it was', async () => {
        const { admitted } = await admit(
          admission(message('w1')),
          admission(message('w2', { customer: 'b' }), later(now + 9e9)),
        );
        store = await harness.reopen(store);
        const { claims } = await store.claimDue(now, room, leaseMs);
        const at = claims.map(({ kind, conversation }) => `${kind} ${conversation.id}`).sort();
        const [one, two] = admitted.map(({ conversation }) => conversation.id);
        assert.deepEqual(at, [`receipt ${one}`, `turn ${one}`, `turn ${two}`].sort());
      });
    });

    describe('receipts', () => {
      it('change only while they are open, and the lane follows', async () => {
        const { admitted } = await admit(
          admission(message('w1')),
          admission(message('w2', { sentAt: now + 1 }), later(now + 700)),
        );
        const [one, two] = admitted.map(({ ref }) => ref) as [string, string];
        const id = String(admitted[0]?.conversation.id);
        const sent = { ref: one, outcome: 'sent', because: 'accepted', at: now + 5, attempts: 1 } as const;
        const first = await store.changeReceipts(id, [sent], lane);
        assert.deepEqual(first, { changed: [one], claimed: false, nextDueAt: now + 700 });
        const late = { ref: one, outcome: 'failed', because: 'late', at: now + 9 } as const;
        assert.deepEqual((await store.changeReceipts(id, [late], lane)).changed, []);
        const open = await store.dueReceipts(id, now);
        assert.deepEqual(
          open.map(({ ref, messageId, dueAt, attempts }) => [ref, messageId, dueAt, attempts]),
          [[two, 'w2', now + 700, 0]],
        );
        const [, ended] = await store.listReceipts(id, 10);
        assert.deepEqual([ended?.outcome, ended?.at, ended?.attempts], ['sent', now + 5, 1]);
      });

      it('give the lane to whoever makes one due, unless somebody has it', async () => {
        const { admitted } = await admit(admission(message('w1'), held));
        const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
        const due = { ref, outcome: 'scheduled', dueAt: now, because: 'asked' } as const;
        const options = { now, leaseMs, end: false };
        assert.equal((await store.changeReceipts(conversation.id, [due], options)).claimed, true);
        assert.equal((await store.changeReceipts(conversation.id, [due], options)).claimed, false);
      });

      it('come due for expiry while they are held', async () => {
        await admit(admission(message('w1'), { ...held, expiresAt: now + 5000, turn: false }));
        assert.deepEqual((await store.claimDue(now + 4999, room, leaseMs)).claims, []);
        assert.equal((await store.claimDue(now + 5000, room, leaseMs)).claims[0]?.kind, 'receipt');
      });

      it('say on which message typing may show', async () => {
        const { admitted } = await admit(
          admission(message('w1')),
          admission(message('w2', { sentAt: now + 1 })),
        );
        const id = String(admitted[0]?.conversation.id);
        assert.deepEqual(await store.typingState(id), { open: true, lastRead: undefined });
        const ended = admitted.map(({ ref }, index) => ({
          ref,
          outcome: index === 1 ? ('sent' as const) : ('covered' as const),
          because: '',
          at: now,
        }));
        await store.changeReceipts(id, ended, lane);
        const lastRead = { ref: admitted[1]?.ref, messageId: 'w2', sentAt: now + 1 };
        assert.deepEqual(await store.typingState(id), { open: false, lastRead });
      });
    });

    describe('turns', () => {
      it('come in the order of the messages, one at a time, and count their tries', async () => {
        const { admitted } = await admit(
          admission(message('w2', { sentAt: now + 1 })),
          admission(message('w1')),
        );
        const id = String(admitted[0]?.conversation.id);
        const first = await store.beginTurn(id, now);
        assert.deepEqual([first?.message.messageId, first?.attempt, first?.waiting], ['w1', 1, true]);
        assert.equal((await store.beginTurn(id, now))?.attempt, 2);
        assert.deepEqual(await store.endTurn(id, String(first?.message.ref), { how: 'done' }, now), {
          more: true,
          nextDueAt: undefined,
        });
        const second = await store.beginTurn(id, now);
        assert.deepEqual(
          [second?.message.messageId, second?.waiting, second?.message.content.text],
          ['w2', false, 'hi'],
        );
        await store.endTurn(id, String(second?.message.ref), { how: 'done' }, now);
        assert.equal(await store.beginTurn(id, now), undefined);
        assert.deepEqual(
          (await store.claimDue(now + 9e9, room, leaseMs)).claims.filter(({ kind }) => kind === 'turn'),
          [],
        );
      });

      it('that are to run again keep the later ones waiting until then', async () => {
        const { admitted } = await admit(
          admission(message('w1')),
          admission(message('w2', { sentAt: now + 1 })),
        );
        const id = String(admitted[0]?.conversation.id);
        const ref = String((await store.beginTurn(id, now))?.message.ref);
        const end = await store.endTurn(id, ref, { how: 'retry', dueAt: now + 500, counted: true }, now);
        assert.deepEqual(end, { more: false, nextDueAt: now + 500 });
        assert.equal(await store.beginTurn(id, now + 499), undefined);
        const again = await store.beginTurn(id, now + 500);
        assert.deepEqual([again?.message.messageId, again?.attempt], ['w1', 2]);
      });

      it('that are dead leave a letter and make way', async () => {
        const { admitted } = await admit(admission(message('w1')));
        const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
        await store.beginTurn(conversation.id, now);
        await store.endTurn(conversation.id, ref, { how: 'dead', reason: 'it failed' }, now);
        assert.equal(await store.beginTurn(conversation.id, now), undefined);
        const [letter] = await store.deadLetters(1);
        assert.deepEqual([letter?.what, letter?.reason], ['turn', 'it failed']);
        assert.deepEqual(letter?.item, { message: ref, content: { type: 'text', text: 'hi' } });
      });
    });

    describe('outbound messages', () => {
      const text = (value: string) => ({ type: 'text', text: value }) as const;
      async function begin() {
        const { admitted } = await admit(admission(message('w1')));
        const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
        const request = (value: string, ordinal?: number) => ({
          conversation: conversation.id,
          content: text(value),
          correlation: `k-${value}`,
          now,
          leaseMs,
          ...(ordinal !== undefined && { turn: { ref, ordinal } }),
        });
        return { id: conversation.id, request };
      }

      it('are written before their call, and keep what became of it', async () => {
        const { request } = await begin();
        const { outbound, call } = await store.addOutbound(request('a'));
        assert.equal(call, true);
        assert.deepEqual(
          [outbound.state, outbound.content, outbound.correlation],
          ['sending', text('a'), 'k-a'],
        );
        await store.changeOutbound(outbound.ref, { state: 'sent', providerId: 'wamid.out' }, now);
        const kept = await store.outbound(outbound.ref);
        assert.deepEqual(
          [kept?.state, kept?.providerId, kept?.attempts, kept?.interrupted],
          ['sent', 'wamid.out', 1, 0],
        );
        assert.equal(await store.outbound('o999'), undefined);
      });

      it('of one conversation go out in order: a later one waits for an earlier one', async () => {
        const { id, request } = await begin();
        const a = await store.addOutbound(request('a'));
        const b = await store.addOutbound(request('b'));
        assert.deepEqual([a.call, b.call], [true, false]);
        const queued = { state: 'queued', dueAt: now + 300, interrupted: false, counted: true } as const;
        assert.deepEqual(await store.changeOutbound(a.outbound.ref, queued, now), { nextDueAt: now + 300 });
        assert.equal(await store.nextOutbound(id, now), undefined);
        const { claims } = await store.claimDue(now + 300, room, leaseMs);
        assert.deepEqual(claims.filter(({ kind }) => kind === 'outbound').length, 1);
        assert.equal((await store.nextOutbound(id, now + 300))?.ref, a.outbound.ref);
        const after = await store.changeOutbound(
          a.outbound.ref,
          { state: 'sent', providerId: 'x' },
          now + 300,
        );
        assert.equal(after.nextDueAt, now);
        assert.equal((await store.nextOutbound(id, now + 300))?.ref, b.outbound.ref);
      });

      it('whose call a crash cut off are counted as interrupted when they are taken up', async () => {
        const { id, request } = await begin();
        await store.addOutbound(request('a'));
        store = await harness.reopen(store);
        const { claims } = await store.claimDue(now, room, leaseMs);
        assert.equal(claims.filter(({ kind }) => kind === 'outbound').length, 1);
        const taken = await store.nextOutbound(id, now);
        assert.deepEqual([taken?.interrupted, taken?.state], [1, 'sending']);
      });

      it('of a turn that runs again are found while they are the same, and sent as new when not', async () => {
        const { id, request } = await begin();
        const first = await store.addOutbound(request('a', 0));
        await store.changeOutbound(first.outbound.ref, { state: 'sent', providerId: 'x' }, now);
        const again = await store.addOutbound(request('a', 0));
        assert.deepEqual([again.call, again.outbound.providerId], [false, 'x']);
        const other = await store.addOutbound(request('b', 0));
        assert.equal(other.call, true);
        assert.notEqual(other.outbound.ref, first.outbound.ref);
        await store.changeOutbound(other.outbound.ref, { state: 'sent', providerId: 'y' }, now);
        assert.equal(await store.nextOutbound(id, now), undefined);
      });

      it('that fail for good leave a letter and make way', async () => {
        const { id, request } = await begin();
        const a = await store.addOutbound(request('a'));
        const b = await store.addOutbound(request('b'));
        await store.changeOutbound(a.outbound.ref, { state: 'failed', failure: '131026' }, now);
        assert.equal((await store.nextOutbound(id, now))?.ref, b.outbound.ref);
        const [letter] = await store.deadLetters(1);
        assert.deepEqual([letter?.what, letter?.reason], ['outbound', '131026']);
      });
    });

    it('changes what decisions depend on, and counts the changes', async () => {
      const { admitted } = await admit(admission(message('w1')));
      const id = String(admitted[0]?.conversation.id);
      const policy = { read: { when: 'manual' } };
      const changed = await store.changeConversation(id, { workstream: 'sales', policy });
      assert.deepEqual(
        [changed?.workstream, changed?.policy, changed?.holder, changed?.version],
        ['sales', policy, 'bot', 1],
      );
      const back = await store.changeConversation(id, { workstream: null, policy: null, holder: 'queue' });
      assert.deepEqual(
        [back?.workstream, back?.policy, back?.holder, back?.version],
        [undefined, undefined, 'queue', 2],
      );
      assert.equal(await store.changeConversation('c_unknown', { holder: 'bot' }), undefined);
    });

    it('lists conversations by their latest message, page by page, with what agents have not seen', async () => {
      const from = (name: string, at: number, id = name) =>
        admission(message(id, { customer: name, sentAt: now + at }));
      const { admitted } = await admit(
        from('anna', 3),
        from('ben', 1),
        from('cleo', 2),
        from('ben', 5, 'ben2'),
      );
      const ids = Object.fromEntries(
        admitted.map(({ conversation }) => [conversation.customer, conversation.id]),
      );
      const page = async (limit: number, before?: string) =>
        (await store.listConversations(limit, before)).map(each => `${each.customer} ${each.unread}`);
      assert.deepEqual(await page(2), ['ben 2', 'anna 1']);
      assert.deepEqual(await page(2, ids.anna), ['cleo 1']);
      await store.markSeen(String(ids.ben));
      assert.equal((await store.conversationView(String(ids.ben)))?.unread, 0);
      await admit(from('ben', 6, 'ben3'), admission(message('r1', { customer: 'ben', kind: 'reaction' })));
      assert.equal((await store.conversationView(String(ids.ben)))?.unread, 1);
      assert.equal(await store.conversationView('c_x'), undefined);
    });

    it('finds a message by the provider’s id, on its own channel and business', async () => {
      const { admitted } = await admit(admission(message('w1'), held));
      const found = await store.message({ channel: 'meta', business: 'b1', key: 'w1' });
      assert.deepEqual(
        [found?.ref, found?.conversation, found?.receipt?.outcome],
        [admitted[0]?.ref, admitted[0]?.conversation, 'held'],
      );
      assert.equal(await store.message({ channel: 'meta', business: 'b2', key: 'w1' }), undefined);
      await admit(admission(message('r1', { kind: 'reaction' }), { receipt: undefined }));
      assert.equal((await store.message({ channel: 'meta', business: 'b1', key: 'r1' }))?.receipt, undefined);
    });

    it('answers for conversations that it does not know', async () => {
      assert.deepEqual(await store.openReceipts('c_x', 'm1'), []);
      assert.deepEqual(await store.dueReceipts('c_x', now), []);
      assert.deepEqual(await store.listReceipts('c_x', 5), []);
      assert.deepEqual(await store.typingState('c_x'), { open: false, lastRead: undefined });
      assert.equal(await store.beginTurn('c_x', now), undefined);
      assert.equal(await store.nextOutbound('c_x', now), undefined);
      assert.deepEqual((await store.changeReceipts('c_x', [], lane)).changed, []);
      assert.equal((await store.endTurn('c_x', 'm1', { how: 'done' }, now)).more, false);
      assert.equal(
        (await store.changeOutbound('o7', { state: 'failed', failure: 'x' }, now)).nextDueAt,
        undefined,
      );
    });

    it('refuses what comes after it is closed', async () => {
      const closed = await harness.reopen(store);
      store = await harness.reopen(closed);
      await assert.rejects(closed.deadLetters(1), { code: 'store_unavailable' });
    });
  });
}

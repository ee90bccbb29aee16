import assert from 'node:assert/strict';
import { check, type Violation } from './checker.ts';
import type {
  Evidence,
  InboundRow,
  Kept,
  LedgerRow,
  OutboundRow,
  Reply,
  Status,
  Thread,
  Written,
} from './evidence.ts';

const written = (id: string, over: Partial<Written> = {}): Written => ({
  id,
  webhook: Number(id.slice(1)),
  answers: [200],
  replies: [[`answer to ${id}`]],
  receipt: 'read',
  blue: true,
  outcome: 'sent',
  ...over,
});
const reply = (to: string, over: Partial<Reply> = {}): Reply => ({
  id: `wamid.${to}`,
  correlation: `correlation-${to}`,
  text: `the answer to ${to}`,
  ...over,
});
const status = (to: string, level: Status['level'], over: Partial<Status> = {}): Status => ({
  providerId: `wamid.${to}`,
  level,
  at: 5000,
  promised: true,
  ...over,
});
const ledger = (to: string, over: Partial<LedgerRow> = {}): LedgerRow => ({
  correlation: `correlation-${to}`,
  level: 2,
  sent: 5000,
  delivered: 5000,
  read: null,
  ...over,
});
const inbound = (messageId: string, over: Partial<InboundRow> = {}): InboundRow => ({
  messageId,
  receipt: 'sent',
  turn: 'done',
  ...over,
});
const outbound = (messageId: string, over: Partial<OutboundRow> = {}): OutboundRow => ({
  pk: Number(messageId.slice(1)),
  correlation: `correlation-${messageId}`,
  messageId,
  state: 'sent',
  interrupted: 0,
  providerId: `wamid.${messageId}`,
  ...over,
});

/** A conversation of two messages through one death, in which all is well. */
const thread = (over: Partial<Thread> = {}): Thread => ({
  name: 'a thread',
  kills: 1,
  faults: 0,
  written: [written('m1'), written('m2')],
  sent: [],
  replies: [reply('m1'), reply('m2')],
  statuses: [status('m1', 'sent'), status('m1', 'delivered')],
  reads: ['m1', 'm2'],
  ...over,
});
const evidence = (over: { thread?: Partial<Thread>; kept?: Partial<Kept>; strangers?: number } = {}) =>
  ({
    threads: [thread(over.thread)],
    kept: {
      inbound: [inbound('m1'), inbound('m2')],
      outbound: [outbound('m1'), outbound('m2')],
      ledger: [ledger('m1')],
      escalations: [],
      sights: [],
      takeovers: [8],
      unrest: 0,
      deadLetters: [],
      ...over.kept,
    },
    strangers: over.strangers ?? 0,
  }) satisfies Evidence;

const rulesOf = (of: Evidence): Violation['rule'][] => [...new Set(check(of).map(({ rule }) => rule))];
/** The evidence is taken for what it is, and for nothing else. */
const sees = (rule: Violation['rule'], of: Evidence) => assert.deepEqual(rulesOf(of), [rule]);

const heldThread: Partial<Thread> = {
  written: [
    written('m1', { receipt: 'held', blue: false, outcome: 'held' }),
    written('m2', { receipt: 'held', blue: false, outcome: 'held' }),
  ],
  reads: [],
};
const heldRows: Partial<Kept> = {
  inbound: [inbound('m1', { receipt: 'held' }), inbound('m2', { receipt: 'held' })],
};

describe('the checker of the fault suite', () => {
  describe('finds nothing in', () => {
    const sound: Record<string, Evidence> = {
      'a conversation in which all is well': evidence(),
      'a receipt that was made again after a death': evidence({ thread: { reads: ['m1', 'm1', 'm2'] } }),
      'one receipt for both messages': evidence({
        thread: { written: [written('m1', { outcome: 'covered' }), written('m2')], reads: ['m2'] },
        kept: { inbound: [inbound('m1', { receipt: 'covered' }), inbound('m2')] },
      }),
      'a doubled reply that is marked': evidence({
        thread: { replies: [reply('m1'), reply('m1', { id: 'wamid.again' }), reply('m2')] },
        kept: { outbound: [outbound('m1', { interrupted: 1 }), outbound('m2')] },
      }),
      'a call that was cut off before it left': evidence({
        kept: { outbound: [outbound('m1', { interrupted: 1 }), outbound('m2')] },
      }),
      'a message that was never answered 2xx': evidence({
        thread: { written: [written('m1'), written('m2'), written('m3', { answers: [0, 503] })] },
      }),
      'held receipts that stayed so': evidence({ thread: heldThread, kept: heldRows }),
      'a message overtaken while its webhook was away': evidence({
        thread: {
          written: [written('m1', { answers: [503, 200], outcome: 'covered' }), written('m2')],
          replies: [reply('m2'), reply('m1')],
          reads: ['m2'],
        },
        kept: { inbound: [inbound('m2'), inbound('m1', { receipt: 'covered' })] },
      }),
      'a status that was never answered 2xx': evidence({
        thread: {
          statuses: [
            status('m1', 'sent'),
            status('m1', 'delivered'),
            status('m1', 'read', { promised: false }),
          ],
        },
      }),
      'statuses of both of a doubled reply': evidence({
        thread: {
          replies: [reply('m1'), reply('m1', { id: 'wamid.again' }), reply('m2')],
          statuses: [status('m1', 'sent'), status('m1', 'delivered', { providerId: 'wamid.again' })],
        },
        kept: { outbound: [outbound('m1', { interrupted: 1 }), outbound('m2')] },
      }),
      'a message of a program, and its escalation': sent({}),
      'an escalation that was called again after a death, marked': sent({ calls: 2, doubled: 1 }),
      'a reply given up after two deaths in its call': evidence({
        thread: { kills: 2, replies: [reply('m2')], statuses: [] },
        kept: {
          outbound: [outbound('m1', { state: 'failed', interrupted: 2, providerId: null }), outbound('m2')],
          deadLetters: ['two calls ended without an answer'],
        },
      }),
    };
    for (const [what, of] of Object.entries(sound)) it(what, () => assert.deepEqual(check(of), []));
  });

  describe('sees', () => {
    it('a message that was answered 2xx and is not in the file', () =>
      sees('lost', evidence({ kept: { inbound: [inbound('m2')] } })));

    it('a reply that did not come', () =>
      sees('lost', evidence({ thread: { replies: [reply('m1')] }, kept: { outbound: [outbound('m1')] } })));

    it('a step that was skipped', () => {
      const steps = written('m1', { replies: [['what'], ['which day']] });
      sees('lost', evidence({ thread: { written: [steps, written('m2')], replies: twoReplies('what') } }));
    });

    it('a turn that was given up', () =>
      sees('lost', evidence({ kept: { inbound: [inbound('m1', { turn: 'dead' }), inbound('m2')] } })));

    it('a dead letter that no death explains', () =>
      sees('lost', evidence({ kept: { deadLetters: ['the bot failed: TypeError'] } })));

    it('a step that was taken again', () => {
      const again = reply('m1', { id: 'wamid.again', correlation: 'another' });
      const more = outbound('m1', { correlation: 'another', providerId: 'wamid.again' });
      const kept = { outbound: [outbound('m1'), more, outbound('m2')] };
      sees('repeated', evidence({ thread: { replies: [reply('m1'), again, reply('m2')] }, kept }));
    });

    it('a doubled reply without its mark', () =>
      sees(
        'unmarked',
        evidence({ thread: { replies: [reply('m1'), reply('m1', { id: 'wamid.again' }), reply('m2')] } }),
      ));

    it('more doubled replies than deaths, each marked', () => {
      const marked = [outbound('m1', { interrupted: 1 }), outbound('m2', { interrupted: 1 })];
      const replies = ['m1', 'm1', 'm2', 'm2'].map(to => reply(to));
      sees('excess', evidence({ thread: { replies }, kept: { outbound: marked } }));
    });

    it('more receipts for one message than deaths', () =>
      sees('excess', evidence({ thread: { kills: 0, reads: ['m1', 'm1', 'm1', 'm2'] } })));

    it('replies in another order', () =>
      sees('disorder', evidence({ thread: { replies: [reply('m2'), reply('m1')] } })));

    it('receipts in another order', () => sees('disorder', evidence({ thread: { reads: ['m2', 'm1'] } })));

    it('no disorder in a receipt for what came again, as nobody had taken it', () => {
      const again = written('m1', { answers: [503, 200] });
      const reads = ['m2', 'm1'];
      const found = check(evidence({ thread: { written: [again, written('m2')], reads } }));
      assert.deepEqual(
        found.filter(({ rule, what }) => rule === 'disorder' && what.startsWith('receipts')),
        [],
      );
    });

    it('a message that was not read', () =>
      sees(
        'unread',
        evidence({
          thread: { written: [written('m1', { blue: false }), written('m2')] },
        }),
      ));

    it('a held receipt that went out, by what the phone shows', () => {
      const [first, second] = heldThread.written ?? [];
      assert.ok(first && second);
      const blue = { ...heldThread, written: [{ ...first, blue: true }, second] };
      sees('released', evidence({ thread: blue, kept: heldRows }));
    });

    it('a held receipt that went out, by the call alone', () =>
      sees('released', evidence({ thread: { ...heldThread, reads: ['m1'] }, kept: heldRows })));

    it('a receipt that the file has as sent and that nobody called for', () =>
      sees('record', evidence({ thread: { reads: ['m1'] } })));

    it('a covered receipt behind the last one that was sent', () =>
      sees(
        'record',
        evidence({
          thread: { written: [written('m1'), written('m2', { outcome: 'covered' })], reads: ['m1'] },
          kept: { inbound: [inbound('m1'), inbound('m2', { receipt: 'covered' })] },
        }),
      ));

    it('the same behind a message that was never answered 2xx', () =>
      sees(
        'record',
        evidence({
          thread: {
            written: [
              written('m0', { answers: [0, 503] }),
              written('m1'),
              written('m2', { outcome: 'covered' }),
            ],
            reads: ['m1'],
          },
          kept: { inbound: [inbound('m1'), inbound('m2', { receipt: 'covered' })] },
        }),
      ));

    it('an API that says otherwise than the file', () =>
      sees(
        'record',
        evidence({ thread: { written: [written('m1', { outcome: 'covered' }), written('m2')] } }),
      ));

    it('a message at the provider that the file does not know', () =>
      sees('record', evidence({ kept: { outbound: [outbound('m1')] } })));

    it('a reply that the file has as failed and that came', () =>
      sees(
        'record',
        evidence({ kept: { outbound: [outbound('m1', { state: 'failed' }), outbound('m2')] } }),
      ));

    it('a message that is in the file twice', () =>
      sees('record', evidence({ kept: { inbound: [inbound('m1'), inbound('m1'), inbound('m2')] } })));

    it('a status that was answered 2xx and is not in the ledger', () => {
      const statuses = [status('m1', 'sent')];
      const without = (over: Partial<LedgerRow>) =>
        evidence({ thread: { statuses }, kept: { ledger: [ledger('m1', { delivered: null, ...over })] } });
      sees('forgotten', without({ sent: null }));
      sees('forgotten', without({ level: 0 }));
      const later = [...statuses, status('m1', 'sent', { at: 5001 })];
      const late = { ledger: [ledger('m1', { sent: 5001, delivered: null })] };
      sees('forgotten', evidence({ thread: { statuses: later }, kept: late }));
      const ofAnother = { statuses: [...statuses, status('m1', 'delivered'), status('m2', 'sent')] };
      sees('forgotten', evidence({ thread: ofAnother }));
    });

    it('a time in the ledger that nobody told', () =>
      sees('record', evidence({ kept: { ledger: [ledger('m1', { delivered: 4000 })] } })));

    it('what a watch in the database saw', () => {
      for (const rule of ['fell', 'stolen', 'twice'] as const)
        sees(rule, evidence({ kept: { sights: [{ rule, what: 'a row' }] } }));
    });

    it('a dead instance that nobody took over from in time', () =>
      sees('late', evidence({ kept: { takeovers: [8, 10.5] } })));

    it('a message taken over the API that did not go out', () =>
      assert.deepEqual(rulesOf(sent({}, { replies: [reply('m1'), reply('m2')] })), ['lost', 'record']));

    it('an escalation that was never called', () => sees('lost', sent({ calls: 0 })));

    it('an escalation that was called twice without its mark, or under two keys', () => {
      sees('twice', sent({ calls: 2 }));
      sees('twice', sent({ calls: 2, keys: 2, doubled: 1 }));
      sees('twice', sent({ calls: 1, state: 'cancelled' }));
      sees('twice', sent({ calls: 3, doubled: 1 }));
    });

    it('an escalation that is still open', () => sees('stuck', sent({ state: 'claimed' })));

    it('a turn that has not ended', () =>
      sees('stuck', evidence({ kept: { inbound: [inbound('m1', { turn: 'pending' }), inbound('m2')] } })));

    it('a reply that is still to be sent', () =>
      sees('stuck', evidence({ kept: { outbound: [outbound('m1'), outbound('m2', { state: 'queued' })] } })));

    it('a lane that is due', () => sees('stuck', evidence({ kept: { unrest: 1 } })));

    it('a call about what nobody wrote', () => sees('stranger', evidence({ strangers: 1 })));
  });
});

/** A message that a program sent, of one death, with an escalation as it is asked for. */
function sent(
  { calls = 1, keys = 1, state = 'escalated', doubled = 0 },
  over: Partial<Thread> = {},
): Evidence {
  const text = 'the answer to m3';
  return evidence({
    thread: {
      sent: [{ ref: 'o3', text, escalation: { calls, keys } }],
      replies: [reply('m1'), reply('m2'), reply('m3')],
      ...over,
    },
    kept: {
      outbound: [outbound('m1'), outbound('m2'), outbound('m3', { messageId: null })],
      escalations: [{ pk: 3, state, doubled }],
    },
  });
}

function twoReplies(first: string): Reply[] {
  return [reply('m1', { text: first }), reply('m2')];
}

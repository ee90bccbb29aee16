import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Moment } from '../../middleware/domain.ts';
import { delayOf } from '../../middleware/policy/delayOf.ts';
import type { Capabilities, Receipt } from '../../middleware/ports.ts';
import { engineWorld, type World } from '../support/engineWorld.ts';
import {
  type Answer,
  failures,
  independent,
  metaLike,
  readsByTyping,
  type SeenCall,
} from '../support/scriptedChannel.ts';

/** The seed of every run: a failure prints the path that leads back to it. */
const seed = 20_261_122;
const runs = 300;

/** One message of the plan: when it comes, in whose conversation, and what the bot does about it. */
interface Step {
  readonly gapMs: number;
  readonly customer: string;
  readonly dialogMs: number;
  readonly replies: number;
  /** Delivered again this much later. */
  readonly againMs: number | undefined;
}

interface Plan {
  readonly capabilities: Capabilities;
  readonly policy: {
    readonly read: {
      readonly when: Moment;
      readonly delay: { readonly minMs: number; readonly perCharacterMs: number; readonly jitter: number };
      readonly eachMessage: boolean;
      readonly acceptTypingWithRead: boolean;
    };
    readonly reply: { readonly receiptBarrierMs: number };
  };
  readonly steps: readonly Step[];
  readonly answers: readonly Answer[];
  readonly jitters: readonly number[];
}

const delay = fc.record({
  minMs: fc.integer({ min: 0, max: 4000 }),
  perCharacterMs: fc.constantFrom(0, 0, 20),
  jitter: fc.constantFrom(0, 0.5, 1),
});

const plan: fc.Arbitrary<Plan> = fc.record({
  capabilities: fc.constantFrom(metaLike, metaLike, independent, readsByTyping),
  policy: fc.record({
    read: fc.record({
      when: fc.constantFrom<Moment>('accepted', 'accepted', 'replying', 'manual', 'never', 'agentOpened'),
      delay,
      eachMessage: fc.boolean(),
      acceptTypingWithRead: fc.boolean(),
    }),
    typing: fc.record({ show: fc.boolean(), limitMs: fc.constantFrom(0, 5000, 120_000) }),
    think: fc.record({ delay }),
    reply: fc.record({ delay, receiptBarrierMs: fc.constantFrom(0, 1500, 5000) }),
  }),
  steps: fc.array(
    fc.record({
      gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6000 })),
      customer: fc.constantFrom('anna', 'anna', 'ben'),
      dialogMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50_000 })),
      replies: fc.constantFrom(0, 1, 1, 2),
      againMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  answers: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ afterMs: fc.constantFrom(0, 0, 100, 900) }) },
      { weight: 1, arbitrary: fc.constant<Answer>({ afterMs: 8000, error: failures.timeout }) },
      { weight: 1, arbitrary: fc.constant<Answer>({ error: failures.overloaded }) },
      { weight: 1, arbitrary: fc.constant<Answer>({ error: failures.slowDown(3000) }) },
      { weight: 1, arbitrary: fc.constant<Answer>({ error: failures.tooManyToOne }) },
      { weight: 1, arbitrary: fc.constant<Answer>({ error: failures.refused }) },
    ),
    { maxLength: 20 },
  ),
  jitters: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
});

/** What a run left behind, for the laws to judge. */
interface Run extends Plan {
  readonly world: World;
  readonly receipts: readonly (Receipt & { readonly customer: string })[];
  readonly calls: readonly SeenCall[];
  /** When the bot had its first reply to a message ready, by message id. */
  readonly readyAt: ReadonlyMap<string, number>;
  /** The place of each reply's call among all events, by the message that it answers. */
  readonly firstReply: ReadonlyMap<string, number>;
}

async function perform(given: Plan, judge: (run: Run) => void): Promise<void> {
  const readyAt = new Map<string, number>();
  const byId = new Map(given.steps.map((step, index) => [`w${index}`, step]));
  let draws = 0;
  const world = await engineWorld({
    capabilities: given.capabilities,
    policies: { default: given.policy },
    random() {
      draws += 1;
      return given.jitters[draws % given.jitters.length] ?? 0.5;
    },
    async dialog(turn) {
      const id = String(turn.message.messageId);
      const step = byId.get(id);
      await turn.think();
      await new Promise(resolve => setTimeout(resolve, step?.dialogMs ?? 0));
      for (let reply = 0; reply < (step?.replies ?? 0); reply += 1) {
        const text = `${id} reply ${reply}`;
        if (!readyAt.has(id)) readyAt.set(id, Date.now());
        await turn.beforeReply(text.length);
        await turn.send({ type: 'text', text }).catch(() => {});
      }
    },
  });
  try {
    const answers = [...given.answers];
    // After the plan's answers the provider is well: what is owed must then come to an end.
    world.channel.answer = () => answers.shift() ?? {};
    const again: { at: number; id: string; customer: string }[] = [];
    for (const [index, { gapMs, customer, againMs }] of given.steps.entries()) {
      await world.time.pass(gapMs);
      const id = `w${index}`;
      await world.say({ providerId: id, key: id, customer });
      if (againMs !== undefined) again.push({ at: world.time.now() + againMs, id, customer });
    }
    for (const { at, id, customer } of again.toSorted((a, b) => a.at - b.at)) {
      await world.time.pass(Math.max(0, at - world.time.now()));
      await world.say({ providerId: id, key: id, customer });
    }
    await world.time.pass(3_600_000);
    await world.time.jump(31 * 24 * 3_600_000);
    await world.time.pass(120_000);

    const receipts = [];
    for (const customer of ['anna', 'ben']) {
      for (const receipt of await world.receipts(customer)) receipts.push({ ...receipt, customer });
    }
    const { calls } = world.channel;
    const firstReply = new Map<string, number>();
    for (const { what, text = '', order } of calls) {
      const id = text.split(' ', 1)[0] ?? '';
      if (what === 'send' && !firstReply.has(id)) firstReply.set(id, order);
    }
    judge({ ...given, world, receipts, calls, readyAt, firstReply });
  } finally {
    await world.close();
  }
}

/** The receipts that a read call makes true: its own, and the earlier ones where it covers them. */
function reads({ capabilities, policy, receipts }: Run, call: SeenCall): readonly Receipt[] {
  const own = receipts.find(({ messageId }) => messageId === call.messageId);
  if (own === undefined) return [];
  const covers = capabilities.coversEarlier !== 'no' && !policy.read.eachMessage;
  return receipts.filter(
    ({ customer, ref, sentAt, admittedAt }) =>
      ref === own.ref ||
      (covers && customer === own.customer && sentAt <= own.sentAt && admittedAt <= call.at),
  );
}

const laws: Record<string, (run: Run) => void> = {
  'every owed receipt ends in exactly one outcome, and what was sent was really called': run => {
    const { receipts, steps, calls } = run;
    assert.equal(receipts.length, steps.length);
    for (const { outcome, messageId, because, at } of receipts) {
      assert.ok(outcome !== 'scheduled' && outcome !== 'held', `${messageId} is still ${outcome}`);
      assert.ok(because !== '' && at !== undefined);
      if (outcome !== 'sent') continue;
      assert.ok(calls.some(call => call.what === 'read' && call.messageId === messageId && call.ok));
    }
  },

  'nothing is read before its moment': run => {
    const { when } = run.policy.read;
    for (const call of run.calls.filter(({ what }) => what === 'read')) {
      assert.ok(when === 'accepted' || when === 'replying', `a call under ${when}`);
      for (const { messageId, admittedAt, sentAt } of reads(run, call)) {
        const moment = when === 'accepted' ? admittedAt : readyFrom(run, String(messageId), sentAt);
        assert.ok(call.at >= moment, `${messageId} at ${call.at}, its moment at ${moment}`);
      }
    }
  },

  'a burst is not read before the first of its receipts is due': run => {
    const { when, delay } = run.policy.read;
    if (when !== 'accepted' && when !== 'replying') return;
    for (const call of run.calls.filter(({ what }) => what === 'read')) {
      const due = reads(run, call).map(({ messageId, admittedAt, sentAt, characters }) => {
        const moment = when === 'accepted' ? admittedAt : readyFrom(run, String(messageId), sentAt);
        // The least that the spread leaves of the delay.
        return moment + delayOf({ maxMs: null, ...delay }, characters, 0);
      });
      assert.ok(call.at >= Math.min(...due), `a call at ${call.at}, due at ${Math.min(...due)}`);
    }
  },

  'typing that reads shows only on what is read by the same call or before it': run => {
    if (run.capabilities.typing !== 'impliesRead') return;
    for (const call of run.calls.filter(({ what, typing }) => what === 'read' && typing)) {
      for (const { outcome, messageId } of reads(run, call)) {
        assert.ok(
          ['sent', 'covered', 'failed', 'expired'].includes(outcome),
          `typing on ${messageId}: ${outcome}`,
        );
      }
      const own = run.receipts.find(({ messageId }) => messageId === call.messageId);
      const alone = own?.at !== undefined && own.at < call.at;
      if (!alone) continue;
      const { customer } = call;
      const open = run.receipts.filter(
        r => r.customer === customer && r.admittedAt < call.at && Number(r.at) > call.at,
      );
      assert.deepEqual(open, [], 'typing by itself while a receipt is open');
    }
  },

  'typing shows only within a turn that has not replied yet': run => {
    const { turns } = run.world;
    const owner = new Map(run.receipts.map(({ messageId, customer }) => [messageId, customer]));
    for (const { typing, customer, order } of run.calls.filter(call => call.typing)) {
      if (run.capabilities.read === 'withTyping' && typing) continue;
      const turn = turns.find(({ messageId, began, ended = Number.POSITIVE_INFINITY }) => {
        const replied = run.firstReply.get(messageId) ?? ended;
        return owner.get(messageId) === customer && began < order && order < Math.min(ended, replied);
      });
      assert.ok(turn !== undefined, `typing for ${customer} at event ${order}, outside every turn`);
    }
  },

  'never are two receipt calls under way in a conversation': run => {
    for (const customer of ['anna', 'ben']) {
      const calls = run.calls.filter(({ what, customer: of }) => what === 'read' && of === customer);
      calls.forEach((call, index) => {
        const previous = calls[index - 1];
        assert.ok(previous === undefined || Number(previous.endedAt) <= call.at);
      });
    }
  },

  'each message has one turn, in order, and each reply is sent once unless its call was cut off': run => {
    for (const customer of ['anna', 'ben']) {
      const ids = run.steps.flatMap((step, index) => (step.customer === customer ? [`w${index}`] : []));
      const turns = run.world.turns.map(({ messageId }) => messageId).filter(id => ids.includes(id));
      assert.deepEqual(turns, ids);
    }
    const sent = run.calls.filter(({ what, ok }) => what === 'send' && ok).map(({ text }) => text);
    assert.equal(new Set(sent).size, sent.length);
  },

  'while the provider is well the customer sees the message read before its reply': run => {
    if (run.answers.some(({ error, afterMs }) => error !== undefined || afterMs !== 0)) return;
    // With no barrier the reply does not wait for the provider at all.
    if (run.policy.reply.receiptBarrierMs === 0) return;
    for (const { messageId, outcome, customer } of run.receipts) {
      const reply = run.firstReply.get(String(messageId));
      if (reply === undefined || (outcome !== 'sent' && outcome !== 'covered')) continue;
      const read = run.calls.find(call => {
        return (
          call.what === 'read' &&
          call.customer === customer &&
          reads(run, call).some(r => r.messageId === messageId)
        );
      });
      assert.ok(read !== undefined && read.order < reply, `${messageId} was answered before it was read`);
    }
  },
};

/** When `replying` came for a message: with its own first reply, or with that of a later one. */
function readyFrom({ receipts, readyAt }: Run, messageId: string, sentAt: number): number {
  const customer = receipts.find(receipt => receipt.messageId === messageId)?.customer;
  const times = receipts
    .filter(receipt => receipt.customer === customer && receipt.sentAt >= sentAt)
    .map(receipt => readyAt.get(String(receipt.messageId)) ?? Number.POSITIVE_INFINITY);
  return Math.min(...times);
}

describe(`the engine, by property (seed ${seed}, ${runs} runs)`, function () {
  this.timeout(120_000);
  it('keeps every law for random policies, messages, dialogs and providers', async () => {
    await fc.assert(
      fc.asyncProperty(plan, given =>
        perform(given, run => {
          for (const [law, judge] of Object.entries(laws)) {
            try {
              judge(run);
            } catch (error) {
              throw new Error(`broken: ${law}`, { cause: error });
            }
          }
        }),
      ),
      { seed, numRuns: runs },
    );
  });
});

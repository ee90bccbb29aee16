import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BluetickError } from '../../middleware/errors.ts';
import { decide, satisfies, wantedMoment } from '../../middleware/policy/decide.ts';
import { decideTyping } from '../../middleware/policy/decideTyping.ts';
import { explainPolicy, type TimelineEntry } from '../../middleware/policy/explainPolicy.ts';
import { frozenCopy } from '../../middleware/policy/frozenCopy.ts';
import { resolvePolicy } from '../../middleware/policy/resolvePolicy.ts';
import { parsePolicyBook, parsePolicyDocument } from '../../middleware/policy/schema.ts';
import {
  capabilitiesOf,
  documentOf,
  holderOf,
  linksOf,
  milliseconds,
  momentOf,
  policyOf,
  situationOf,
} from './policies.ts';

/** Printed with the suite's name: a failure is run again with the same numbers. */
const seed = 20261122;
const run = { seed, numRuns: 2000 };

/** What stands at a path such as `read.delay.minMs`. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function check<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  predicate: (...values: Values) => void,
) {
  fc.assert(fc.property(...arbitraries, predicate), run);
}

describe(`policies, whatever they say (seed ${seed})`, () => {
  describe('decide', () => {
    it('answers one of four outcomes, and nothing exactly for what is no message', () => {
      check([policyOf, situationOf], (policy, situation) => {
        const decision = decide(policy, situation);
        assert.equal(decision === undefined, situation.kind !== 'message');
        if (!decision) return;
        assert.ok(['scheduled', 'held', 'skipped', 'unsupported'].includes(decision.outcome));
        assert.ok(decision.because.length > 0);
        assert.equal(decision.dueAt !== undefined, decision.outcome === 'scheduled');
        assert.equal(decision.until !== undefined, decision.outcome === 'held');
      });
    });

    it('schedules no sooner than now, and within the limits of the delay', () => {
      check([policyOf, situationOf], (policy, situation) => {
        const dueAt = decide(policy, situation)?.dueAt;
        if (dueAt === undefined) return;
        const { minMs, maxMs } = policy.read.delay;
        assert.ok(Number.isInteger(dueAt));
        assert.ok(dueAt >= situation.now);
        if (situation.moment === 'manual') return assert.equal(dueAt, situation.now);
        assert.ok(dueAt - situation.now >= minMs);
        assert.ok(maxMs === null || dueAt - situation.now <= maxMs);
      });
    });

    it('holds for the wanted moment only, and never schedules what is never wanted', () => {
      check([policyOf, situationOf], (policy, situation) => {
        const wanted = wantedMoment(policy, situation.holder);
        const decision = decide(policy, situation);
        if (decision?.outcome === 'held') assert.equal(decision.until, wanted);
        if (wanted === 'never') assert.ok(decision?.dueAt === undefined && decision?.outcome !== 'held');
        if (decision?.dueAt === undefined) return;
        // Whoever holds the conversation has accepted it.
        const { moment, holder } = situation;
        const isAccepted = moment === 'accepted' && holder === 'agent' && wanted === 'agentAccepted';
        assert.ok(isAccepted || satisfies(moment, wanted));
      });
    });

    it('releases what it held when the moment comes', () => {
      check([policyOf, situationOf], (policy, situation) => {
        const decision = decide(policy, situation);
        if (decision?.until === undefined) return;
        assert.equal(decide(policy, { ...situation, moment: decision.until })?.outcome, 'scheduled');
      });
    });

    it('depends on its arguments only and leaves them alone', () => {
      check([policyOf, situationOf], (policy, situation) => {
        const first = decide(frozenCopy(policy), frozenCopy(situation));
        assert.deepEqual(decide(structuredClone(policy), structuredClone(situation)), first);
      });
    });
  });

  it('typing shows for nothing unread where it is a receipt, and never in the queue', () => {
    const state = fc.record({
      capabilities: capabilitiesOf,
      holder: holderOf,
      receiptOpen: fc.boolean(),
      read: fc.boolean(),
    });
    check([policyOf, state], (policy, situation) => {
      const { show, because } = decideTyping(policy, situation);
      assert.ok(because.length > 0);
      if (!show) return;
      assert.notEqual(situation.holder, 'queue');
      assert.notEqual(situation.capabilities.typing, 'none');
      if (situation.capabilities.typing === 'impliesRead')
        assert.ok(situation.read && !situation.receiptOpen);
    });
  });

  describe('explainPolicy', () => {
    const inputOf = fc.record(
      {
        policy: policyOf,
        capabilities: capabilitiesOf,
        text: fc.string(),
        replyText: fc.string(),
        holder: holderOf,
        moment: momentOf,
        dialogMs: milliseconds,
      },
      { requiredKeys: ['policy', 'capabilities', 'text'] },
    );

    function timesOf(timeline: readonly TimelineEntry[]) {
      const time = (what: TimelineEntry['what']) => timeline.find(entry => entry.what === what)?.at;
      return { read: time('read'), typing: time('typing'), end: time('typingEnd'), reply: time('reply') };
    }

    it('tells each thing once at most, in order', () => {
      check([inputOf], input => {
        const { timeline } = explainPolicy(input);
        const seen = timeline.map(entry => entry.what);
        assert.equal(new Set(seen).size, seen.length);
        assert.ok(timeline.every(({ at, because }) => Number.isInteger(at) && at >= 0 && because.length > 0));
        assert.deepEqual(
          timeline,
          [...timeline].sort((one, other) => one.at - other.at),
        );
      });
    });

    it('lets the customer see read, then the reply; typing begins before it and ends by it', () => {
      check([inputOf], input => {
        const { timeline } = explainPolicy(input);
        const seen = timesOf(timeline);
        assert.equal(seen.reply === undefined, (input.holder ?? 'bot') !== 'bot');
        assert.equal(seen.typing === undefined, seen.end === undefined);
        const reply = seen.reply ?? Number.POSITIVE_INFINITY;
        if (seen.read !== undefined) assert.ok(seen.read <= reply);
        if (seen.typing !== undefined && seen.end !== undefined) {
          // They meet only where receipt, typing and reply are all due at once.
          assert.ok(seen.typing < seen.end || (seen.read === 0 && seen.reply === 0));
          assert.ok(seen.end <= reply);
        }
        if (seen.reply !== undefined) assert.equal(timeline.at(-1)?.what, 'reply');
      });
    });

    it('shows no typing before the receipt where typing is one', () => {
      check([inputOf], input => {
        const seen = timesOf(explainPolicy(input).timeline);
        if (input.capabilities.typing !== 'impliesRead' || seen.typing === undefined) return;
        assert.equal(seen.typing, seen.read);
      });
    });

    it('says of every receipt that it is read, held or why there is none, and of typing that is wanted too', () => {
      check([inputOf], input => {
        const { timeline, notes } = explainPolicy(input);
        const none = notes.filter(note => note.startsWith('no receipt:'));
        const told = timeline.filter(({ what }) => what === 'read' || what === 'held');
        assert.equal(told.length + none.length, 1);
        const suppressed = notes.some(note => note.startsWith('typing is suppressed:'));
        const typing = timesOf(timeline).typing;
        if ((input.holder ?? 'bot') === 'bot') assert.equal(typing === undefined, suppressed);
      });
    });
  });

  describe('resolvePolicy', () => {
    it('takes every field from the nearest link that sets it', () => {
      check([linksOf], links => {
        let resolved: ReturnType<typeof resolvePolicy>;
        try {
          resolved = resolvePolicy(links);
        } catch (error) {
          assert.ok(error instanceof BluetickError && error.code === 'invalid_policy');
          return;
        }
        const defaults = resolvePolicy([]).policy;
        for (const [path, source] of Object.entries(resolved.sources)) {
          const nearest = links.find(link => at(link.document, path) !== undefined);
          assert.equal(source, nearest?.source ?? 'built-in default');
          assert.deepEqual(at(resolved.policy, path), at(nearest ? nearest.document : defaults, path));
        }
      });
    });

    it('answers only policies whose limits agree', () => {
      check([linksOf], links => {
        const nearest = (path: string) =>
          links.map(link => at(link.document, path)).find(value => value !== undefined);
        const conflict = ['read', 'think', 'reply'].some(section => {
          const maxMs = nearest(`${section}.delay.maxMs`);
          return typeof maxMs === 'number' && Number(nearest(`${section}.delay.minMs`) ?? 0) > maxMs;
        });
        if (conflict) assert.throws(() => resolvePolicy(links), { code: 'invalid_policy' });
        else resolvePolicy(links);
      });
    });

    it('is a policy that resolves to itself', () => {
      check([policyOf], policy => {
        assert.deepEqual(resolvePolicy([{ source: 'all', document: policy }]).policy, policy);
      });
    });
  });

  describe('parsePolicyDocument', () => {
    it('answers every good document as it was', () => {
      check([documentOf], document => assert.deepEqual(parsePolicyDocument(document), document));
      check([policyOf], policy => assert.deepEqual(parsePolicyDocument(policy), policy));
    });

    it('throws nothing but invalid_policy, with a field, whatever it gets', () => {
      const garbage = fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
      });
      const sections = fc.constantFrom(
        'read',
        'typing',
        'window',
        'handoff',
        'businesses',
        'workstreams',
        '__proto__',
      );
      const nested = fc.dictionary(sections, garbage);
      check([fc.oneof(garbage, nested)], input => {
        for (const parse of [parsePolicyDocument, parsePolicyBook]) {
          try {
            parse(input);
          } catch (error) {
            assert.ok(error instanceof BluetickError);
            assert.equal(error.code, 'invalid_policy');
            assert.ok(error.field !== undefined && error.message.startsWith(error.field));
          }
        }
      });
    });
  });
});

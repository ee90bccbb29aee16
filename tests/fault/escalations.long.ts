import assert from 'node:assert/strict';
import type { EscalationRule } from '../../middleware/ports.ts';
import { escalationWorld } from '../support/escalationWorld.ts';
import { playEscalationRound } from './escalationRound.ts';
import { pick, seededRandom } from './random.ts';
import { firstSeed, roundsWanted } from './rounds.ts';

const rounds = roundsWanted(6);
const seed = firstSeed(20_261_122);

describe(`escalations, whose worker is killed at the n-th call (${rounds} rounds, seeds ${seed} to ${seed + rounds - 1})`, function () {
  this.timeout(30_000 + rounds * 10_000);

  it('are carried out once or twice, never not at all, and the second time under the same key and marked', async () => {
    let taken = 0;
    for (let round = seed; round < seed + rounds; round += 1) {
      const killAt = Math.floor(seededRandom(round)() * 13);
      for (const witness of await playEscalationRound(killAt)) {
        const { atDeath, state, calls, keys, possiblyDoubled } = witness;
        const about = JSON.stringify({ round, killAt, ...witness });
        assert.equal(state, 'escalated', about);
        assert.equal(keys, 1, about);
        // What was claimed and not ended at the death: nobody knows whether its call was made.
        const torn = atDeath === 'claimed';
        assert.ok(torn ? calls === 1 || calls === 2 : calls === 1, about);
        assert.equal(possiblyDoubled, torn, about);
        taken += torn ? 1 : 0;
      }
    }
    assert.ok(taken > 0, 'no death fell between a claim and its end');
  });
});

describe('escalations that eight workers compete for', function () {
  this.timeout(60_000);
  const messages = 200;
  const workers = 8;
  const lastSecond = 60;

  it(`are claimed exactly once, and called once unless a tick was in time (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const world = await escalationWorld(['sms']);
    await world.stop();
    // Some calls take longer than it takes the others to ask again.
    world.answer = () => ({ afterMs: pick([0, 0, 700, 3000], random) });
    try {
      const escalators = Array.from({ length: workers }, () => world.newEscalator());
      const plan = [];
      for (let number = 0; number < messages; number += 1) {
        const dueSecond = 2 + Math.floor(random() * (lastSecond - 10));
        const rule: EscalationRule = {
          unless: 'delivered',
          afterMs: dueSecond * 1000,
          via: [{ type: 'sms' }],
        };
        // Several messages of one customer, and ticks before, while and after it is due, or none at all.
        const ref = await world.send(rule, { customer: `c${Math.floor(random() * 60)}` });
        const tickSecond = random() < 0.4 ? undefined : dueSecond + Math.floor(random() * 5) - 2;
        plan.push({ ref, dueSecond, tickSecond });
      }
      const { items: conversations } = await world.store.listConversations({ limit: 100 });
      const running: Promise<unknown>[] = [];
      for (let second = 0; second < lastSecond; second += 1) {
        const ticks = plan.filter(({ tickSecond }) => tickSecond === second);
        const work = escalators.flatMap(escalator => conversations.map(each => () => escalator.run(each)));
        const acts = [
          ...work,
          ...ticks.map(
            ({ ref }) =>
              () =>
                world.tick(ref, 'delivered'),
          ),
        ];
        running.push(...shuffled(acts, random).map(act => act()));
        await world.time.pass(1000);
      }
      await world.time.pass(30_000);
      await Promise.all(running);
      const seen = { before: 0, racing: 0, never: 0 };
      for (const { ref, dueSecond, tickSecond } of plan) {
        const calls = world.calls.filter(({ message }) => message === ref).length;
        const claims = world.claims.filter(each => each === ref).length;
        const events = world.events.filter(({ message }) => message === ref);
        const { state, possiblyDoubled } = (await world.store.ledgerEntry({ ref }))?.escalation ?? {};
        const about = JSON.stringify({ ref, dueSecond, tickSecond, calls, claims, state, events });
        assert.deepEqual(
          events.map(event => event.state),
          [state],
          about,
        );
        assert.deepEqual([calls, claims], state === 'cancelled' ? [0, 0] : [1, 1], about);
        assert.equal(possiblyDoubled, false, about);
        if (tickSecond === undefined) {
          assert.equal(state, 'escalated', about);
          seen.never += 1;
        } else if (tickSecond < dueSecond) {
          assert.equal(state, 'cancelled', about);
          seen.before += 1;
        } else seen.racing += 1;
      }
      assert.ok(
        Object.values(seen).every(count => count > 10),
        JSON.stringify(seen),
      );
    } finally {
      await world.close();
    }
  });
});

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map(item => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

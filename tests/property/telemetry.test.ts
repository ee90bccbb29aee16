import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toExposition } from '../../bot/telemetry/exposition.ts';
import { ProviderError } from '../../middleware/errors.ts';
import { attribute } from '../../middleware/telemetry/attributes.ts';
import { tracesIn } from '../security/traces.ts';
import { engineWorld } from '../support/engineWorld.ts';
import { memoryTelemetry, shownOf } from '../support/memoryTelemetry.ts';

const seed = 20_261_122;

/** Words that stand nowhere by chance. */
const words = fc
  .string({ unit: 'grapheme', minLength: 10, maxLength: 40 })
  .filter(text => new Set(text).size > 7 && text.trim() === text);

const story = fc.record({
  customer: fc.stringMatching(/^[1-9]\d{10,14}$/),
  text: words,
  id: words.map(text => `wamid.${Buffer.from(text).toString('base64')}`),
  code: words,
  name: words,
  /** What goes wrong, if anything does. */
  fails: fc.constantFrom('nothing', 'read', 'send', 'bot'),
  fault: fc.constantFrom('transient', 'rate', 'auth', 'recipient'),
});

describe('telemetry', () => {
  it('holds no number, text, id or word of a provider or a bot, and only attributes that it says it has', async () => {
    const allowed: readonly string[] = Object.values(attribute);
    await fc.assert(
      fc.asyncProperty(story, async ({ customer, text, id, code, name, fails, fault }) => {
        const telemetry = memoryTelemetry();
        const world = await engineWorld({
          telemetry,
          async dialog(turn) {
            if (fails === 'bot') throw Object.assign(new Error(text), { name, code });
            await turn.beforeReply(text.length);
            await turn.send({ type: 'text', text });
          },
        });
        const error = () =>
          new ProviderError(text, { fault, providerCode: code, detail: `${name} ${customer}` });
        world.channel.answer = ({ what }) => (what === fails ? { error } : {});
        let own = '';
        let figures: Awaited<ReturnType<typeof telemetry.figures>>;
        try {
          for (let times = 0; times < 2; times += 1)
            await world.say({ customer, providerId: id, content: { type: 'text', text } });
          await world.time.pass(30_000);
          figures = await telemetry.figures();
          own = toExposition(await world.engine.metrics());
        } finally {
          await world.close();
        }
        const spans = telemetry.spans().map(shownOf);
        assert.ok(spans.length > 1 && figures.length > 8);
        const named = [...spans, ...figures].flatMap(({ attributes }) => Object.keys(attributes));
        assert.deepEqual(
          named.filter(each => !allowed.includes(each)),
          [],
        );
        const shown = JSON.stringify([spans, figures]) + own;
        assert.deepEqual(tracesIn(shown, { customer, text, id, code, name }), []);
      }),
      { seed, numRuns: 20, endOnFailure: true },
    );
  });
});

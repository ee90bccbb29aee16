import assert from 'node:assert/strict';
import { BluetickError } from '../../../middleware/errors.ts';
import { type EscalationWorld, escalationWorld, minutes, ruleOf } from '../../support/escalationWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

const sms = { type: 'sms' } as const;
const voice = { type: 'voice' } as const;

describe('the ways of an escalation', () => {
  let world: EscalationWorld;
  afterEach(() => world.close());

  const escalationOf = (ref: string) => world.escalationOf(ref);
  const triesOf = (ref: string) => world.triesOf(ref);

  describe('that are configured', () => {
    beforeEach(async () => {
      world = await escalationWorld();
    });

    it('say what the message says: a caption, a body, or the text that a template stands for', async () => {
      const media = { type: 'image', url: 'https://files.example/a.png' } as const;
      const template = { type: 'template', template: { name: 'hello', language: 'de' } } as const;
      const buttons = { kind: 'buttons', body: 'choose', buttons: [{ id: '1', title: 'a' }] } as const;
      await world.send(ruleOf(sms), { content: { type: 'media', media: { ...media, caption: 'see' } } });
      await world.send(ruleOf(sms), { content: { type: 'media', media } });
      await world.send(ruleOf(sms), { content: { type: 'interactive', interactive: buttons } });
      await world.send(ruleOf(sms), { content: template });
      await world.send(ruleOf(sms), { content: template, insteadOf: { type: 'text', text: 'given' } });
      await world.send(ruleOf({ ...sms, text: 'own', to: '+4917770002222' }), { content: template });
      await world.send(ruleOf(sms), { customer: 'DE.hidden' });
      await world.send(ruleOf({ type: 'hook', url: 'https://hooks.example/a' }));
      await world.time.pass(6 * minutes);
      const said = world.calls.map(({ text, to, url }) => text ?? url ?? `to ${to}`);
      assert.deepEqual(
        said.sort(),
        [
          'see',
          'to 4915550001111',
          'choose',
          'to 4915550001111',
          'given',
          'own',
          'number 7',
          'https://hooks.example/a',
        ].sort(),
      );
      const byText = (wanted: string) => world.calls.find(({ text }) => text === wanted);
      assert.equal(byText('own')?.to, '4917770002222');
      assert.equal(byText('number 7')?.to, undefined);
      assert.deepEqual(
        world.calls.filter(({ type }) => type === 'hook').map(({ text, to }) => [text, to]),
        [[undefined, undefined]],
      );
    });

    it('follow one another where one refuses, and end with the first that works', async () => {
      world.answer = ({ type }) => (type === 'sms' ? { error: failures.refused } : {});
      const ref = await world.send(ruleOf(sms, voice, { type: 'hook', url: 'https://hooks.example' }));
      await world.time.pass(6 * minutes);
      assert.deepEqual(await triesOf(ref), ['sms 131009', 'voice ok']);
      const keys = world.calls.map(({ key }) => key);
      assert.deepEqual([keys.length, new Set(keys).size], [2, 2]);
      assert.equal(world.events[0]?.possiblyDoubled, false);
    });

    it('fail where none works, and say why in codes', async () => {
      const secret = 'the customer’s words';
      const errors = [failures.badToken, () => new BluetickError('forbidden', 'no'), () => new Error(secret)];
      world.answer = () => ({ error: () => errors.shift()?.() });
      const ref = await world.send(ruleOf(sms, voice, sms));
      await world.time.pass(6 * minutes);
      assert.deepEqual(await triesOf(ref), ['sms 190', 'voice forbidden', 'sms internal']);
      assert.deepEqual(
        world.events.map(({ state, way }) => [state, way]),
        [['failed', undefined]],
      );
      assert.equal((await escalationOf(ref))?.state, 'failed');
      assert.doesNotMatch(JSON.stringify(world.log.lines), new RegExp(secret));
    });

    it('try again what fails for now, with pauses, three times at most', async () => {
      world.answer = ({ type }, times) =>
        type === 'voice' && times === 2 ? {} : { error: failures.overloaded };
      const ref = await world.send(ruleOf(sms, voice));
      await world.time.pass(6 * minutes);
      assert.deepEqual(
        world.calls.map(({ type, at }) => [type, at - 5 * minutes]),
        [
          ['sms', 0],
          ['sms', 1000],
          ['sms', 3000],
          ['voice', 3000],
          ['voice', 4000],
        ],
      );
      assert.deepEqual(await triesOf(ref), ['sms http_500', 'voice ok']);
      assert.equal((await escalationOf(ref))?.possiblyDoubled, false);
    });

    it('are not waited for where one wants to be left alone for long', async () => {
      world.answer = ({ type }) => (type === 'sms' ? { error: failures.slowDown(60_000) } : {});
      const ref = await world.send(ruleOf(sms, voice));
      await world.time.pass(6 * minutes);
      assert.deepEqual(
        world.calls.map(({ at }) => at),
        [5 * minutes, 5 * minutes],
      );
      assert.deepEqual(await triesOf(ref), ['sms 130429', 'voice ok']);
    });

    it('get a share of the time each where none answers, and end well within the claim', async () => {
      world.answer = () => ({ afterMs: 'hang' });
      const ref = await world.send(ruleOf(sms, voice, sms, voice, sms));
      await world.time.pass(5 * minutes + 26_000);
      assert.deepEqual(await triesOf(ref), [
        'sms timeout',
        'voice timeout',
        'sms timeout',
        'voice timeout',
        'sms timeout',
      ]);
      const [event] = world.events;
      assert.ok((event?.at ?? 0) - ((await escalationOf(ref))?.dueAt ?? 0) <= 25_000);
      assert.deepEqual([event?.state, event?.possiblyDoubled], ['failed', true]);
      assert.ok(new Set(world.calls.map(({ key }) => key)).size >= 5);
    });
  });

  describe('where nobody knows whether a call was made', () => {
    for (const idempotent of [true, false]) {
      it(`are told, and it is ${idempotent ? 'not ' : ''}marked as doubled where the way is ${idempotent ? '' : 'not '}idempotent`, async () => {
        world = await escalationWorld(['sms'], idempotent);
        world.answer = (_call, times) => (times === 1 ? { error: failures.timeout } : {});
        const ref = await world.send(ruleOf(sms));
        await world.time.pass(6 * minutes);
        assert.deepEqual(
          world.calls.map(({ interrupted }) => interrupted),
          [false, true],
        );
        assert.equal(new Set(world.calls.map(({ key }) => key)).size, 1);
        assert.deepEqual(
          [(await escalationOf(ref))?.possiblyDoubled, world.events[0]?.possiblyDoubled],
          [!idempotent, !idempotent],
        );
      });
    }

    it('are made no third time where each may reach the customer anew, and the next way follows', async () => {
      world = await escalationWorld(['sms', 'voice']);
      world.answer = ({ type }) => (type === 'sms' ? { error: failures.timeout } : {});
      const ref = await world.send(ruleOf(sms, voice));
      await world.time.pass(6 * minutes);
      assert.deepEqual(
        world.calls.map(({ type }) => type),
        ['sms', 'sms', 'voice'],
      );
      assert.deepEqual(await triesOf(ref), ['sms timeout', 'voice ok']);
    });

    it('are made once more at most by whoever takes a claim over', async () => {
      world = await escalationWorld(['sms', 'voice']);
      world.answer = ({ type }, times) =>
        type === 'voice' ? {} : { error: times === 1 ? failures.overloaded : failures.timeout };
      const ref = await world.send(ruleOf(sms, voice));
      await world.time.pass(5 * minutes + 500);
      // The machine sleeps past the end of the claim, so that its next call is made under another one.
      await world.time.jump(40_000);
      await world.time.pass(minutes);
      assert.deepEqual(
        world.calls.map(({ type, interrupted }) => [type, interrupted]),
        [
          ['sms', false],
          ['sms', true],
          ['voice', true],
        ],
      );
      assert.deepEqual(await triesOf(ref), ['sms timeout', 'voice ok']);
    });

    it('are made three times where repeats do nothing', async () => {
      world = await escalationWorld(['sms'], true);
      world.answer = () => ({ error: failures.timeout });
      await world.send(ruleOf(sms));
      await world.time.pass(6 * minutes);
      assert.equal(world.calls.length, 3);
    });

    it('mark it as doubled where another one follows, whatever they are', async () => {
      world = await escalationWorld(['sms', 'voice'], true);
      world.answer = ({ type }) => (type === 'sms' ? { afterMs: 'hang' } : {});
      const ref = await world.send(ruleOf(sms, voice));
      await world.time.pass(6 * minutes);
      assert.deepEqual(await triesOf(ref), ['sms timeout', 'voice ok']);
      assert.equal((await escalationOf(ref))?.possiblyDoubled, true);
    });
  });

  it('are passed over where they are not configured', async () => {
    world = await escalationWorld(['voice']);
    const ref = await world.send(ruleOf(sms, voice));
    await world.time.pass(6 * minutes);
    assert.deepEqual(await triesOf(ref), ['sms not_configured', 'voice ok']);
  });
});

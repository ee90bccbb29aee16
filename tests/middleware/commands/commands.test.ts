import assert from 'node:assert/strict';
import { type CommandWorld, commandWorld } from '../../support/commandWorld.ts';
import { customer, type WorldOptions } from '../../support/engineWorld.ts';
import { independent } from '../../support/scriptedChannel.ts';

describe('the commands', () => {
  let world: CommandWorld;
  const begin = async (options: WorldOptions = {}) => {
    world = await commandWorld(options);
  };
  afterEach(() => world.close());
  /** A bot that answers nothing. */
  const silent = async () => {};
  const manual = { policies: { default: { read: { when: 'manual' } } } };
  const refusal = (code: string, field?: string, message = /./) => ({
    code,
    message,
    ...(field !== undefined && { field }),
  });
  const conversationId = async () =>
    String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);

  describe('name their target', () => {
    beforeEach(async () => {
      await begin(manual);
      await world.say('m1');
    });

    it('by the message, the conversation or the customer, with the same answer', async () => {
      const id = await conversationId();
      const byId = await world.run('GetConversation', { conversationId: id });
      assert.equal(byId.messageId, 'm1');
      for (const target of [
        { messageId: 'm1', channel: 'meta' },
        { customer },
        { customer: `+${customer}` },
        { customer: 'whatsapp:+49 155 5000-1111' },
        { customer, channel: 'meta', business: 'b1' },
        // What a maker leaves blank comes so.
        { customer, channel: null, messageId: '', conversationId: null },
      ])
        assert.deepEqual(await world.run('GetConversation', target), byId);
    });

    for (const [what, target, code, field] of [
      ['nothing', {}, 'invalid_request', 'messageId'],
      ['two things', { customer, conversationId: 'c1' }, 'invalid_request', 'customer'],
      ['a message without its channel', { messageId: 'm1' }, 'invalid_request', 'channel'],
      ['a channel that there is not', { messageId: 'm1', channel: 'fax' }, 'invalid_request', 'channel'],
      ['a field that there is not', { customer, number: '1' }, 'invalid_request', 'number'],
      ['a message that nobody saw', { messageId: 'm9', channel: 'meta' }, 'unknown_message', undefined],
      [
        'a message of a channel that is off',
        { messageId: 'm1', channel: 'acs' },
        'unknown_message',
        undefined,
      ],
      ['a customer who never wrote', { customer: '4915559999999' }, 'unknown_message', undefined],
      ['a conversation that is none', { conversationId: 'c99' }, 'unknown_conversation', undefined],
    ] as const) {
      it(`and are refused with ${what}`, async () => {
        for (const name of ['MarkRead', 'HoldReceipt', 'ShowTyping', 'GetConversation', 'GetMessageStatus'])
          await assert.rejects(world.run(name, target), error => {
            const { message } = error as Error;
            assert.doesNotMatch(message, /m9|4915559999999|c99/, 'no id and no number is repeated');
            const sees = code.startsWith('unknown') ? /Bluetick must also see the events/ : /./;
            assert.throws(
              () => {
                throw error;
              },
              refusal(code, field, sees),
            );
            return true;
          });
      });
    }

    it('and say where a customer has several conversations', async () => {
      const second = { ...world.channel, name: 'acs' as const, businesses: ['a1'] };
      await world.engine.admit(second, {
        messages: [
          {
            channel: 'acs',
            business: 'a1',
            customer,
            kind: 'message',
            key: 'x',
            sentAt: Date.now(),
            content: { type: 'text', text: 'hello' },
          },
        ],
        acknowledgements: [],
        rejected: [],
      });
      await world.time.settle();
      Object.assign(world.parts, { channels: [world.channel, second] });
      const ambiguous = refusal('invalid_request', 'channel', /^customer: has several conversations/);
      await assert.rejects(world.run('GetConversation', { customer }), ambiguous);
      assert.equal((await world.run('GetConversation', { customer, channel: 'acs' })).channel, 'acs');
    });
  });

  describe('read and hold', () => {
    it('mark one message, and all that waits', async () => {
      await begin(manual);
      await world.say('m1', 'm2', 'm3');
      const one = world.run('MarkRead', { messageId: 'm1', channel: 'meta' });
      await world.time.settle();
      const { outcome, messageId, count } = await one;
      assert.deepEqual([outcome, messageId, count], ['sent', 'm1', 1]);
      const rest = world.run('MarkRead', { customer });
      await world.time.settle();
      const answer = await rest;
      assert.deepEqual([answer.outcome, answer.messageId, answer.count], ['sent', 'm3', 2]);
      const again = await world.run('MarkRead', { customer });
      assert.deepEqual([again.outcome, again.messageId, again.count], ['sent', 'm3', 0]);
    });

    it('say of a message that is read already what became of it', async () => {
      await begin();
      await world.say('m1');
      const { outcome, count } = await world.run('MarkRead', { messageId: 'm1', channel: 'meta' });
      assert.deepEqual([outcome, count], ['sent', 0]);
    });

    it('hold what is scheduled until it is marked', async () => {
      await begin({ policies: { default: { read: { delay: { minMs: 60_000 } } } }, dialog: silent });
      await world.say('m1');
      const held = await world.run('HoldReceipt', { messageId: 'm1', channel: 'meta' });
      assert.deepEqual([held.outcome, held.because, held.holdsNext], ['held', 'held by hand', false]);
      await world.time.pass(120_000);
      assert.deepEqual(await world.outcomes(), { m1: 'held' });
      const marking = world.run('MarkRead', { customer });
      await world.time.settle();
      assert.equal((await marking).outcome, 'sent');
    });

    it('bar what comes behind a hold, and pass over it on purpose', async () => {
      await begin({ policies: { default: { read: { when: 'replying' } } }, dialog: silent });
      await world.say('m1', 'm2');
      await world.run('HoldReceipt', { messageId: 'm1', channel: 'meta' });
      const behind = world.run('MarkRead', { messageId: 'm2', channel: 'meta' });
      await world.time.settle();
      assert.equal((await behind).outcome, 'held');
      const over = world.run('MarkRead', { messageId: 'm2', channel: 'meta', includeHeld: true });
      await world.time.settle();
      assert.equal((await over).outcome, 'sent');
      assert.deepEqual(await world.outcomes(), { m1: 'covered', m2: 'sent' });
    });

    it('come too late under “accepted”: they say so, and hold what comes next', async () => {
      await begin({ dialog: silent });
      await world.say('m1');
      const late = await world.run('HoldReceipt', { customer });
      assert.deepEqual([late.outcome, late.holdsNext], ['sent', true]);
      await world.say('m2');
      assert.deepEqual(await world.outcomes(), { m1: 'sent', m2: 'held' });
    });
  });

  describe('show typing', () => {
    it('where the channel can', async () => {
      await begin({ capabilities: independent, dialog: silent });
      await world.say('m1');
      const { shown, because } = await world.run('ShowTyping', { customer });
      await world.time.settle();
      assert.deepEqual([shown, because], [true, 'typing.show is true']);
      assert.ok(world.channel.calls.some(({ what }) => what === 'typing'));
    });

    it('also for a bot that is none of ours, whose conversations are in the queue', async () => {
      await begin({ capabilities: independent, gateway: false, sidecar: true });
      await world.say('m1');
      assert.equal((await world.run('ShowTyping', { customer })).shown, true);
      await world.time.settle();
    });

    it('but not where it would read what is held', async () => {
      await begin({ ...manual, dialog: silent });
      await world.say('m1');
      const { shown, because } = await world.run('ShowTyping', { customer });
      assert.equal(shown, false);
      assert.match(because, /a receipt is open/);
      assert.deepEqual(world.channel.calls, []);
    });
  });

  describe('set a policy', () => {
    beforeEach(async () => {
      await begin({ dialog: silent });
      await world.say('m1');
    });

    it('for the conversation, field by field, and tell what holds then', async () => {
      const set = await world.run('SetReceiptPolicy', { customer, readWhen: 'manual', replyDelayMs: 900 });
      assert.deepEqual(
        [set.readWhen, set.replyDelayMs, set.handoffRead, set.canHold],
        ['manual', 900, 'manual', true],
      );
      const more = await world.run('SetReceiptPolicy', { customer, handoffRead: 'agentReplied' });
      assert.deepEqual([more.readWhen, more.handoffRead], ['manual', 'agentReplied']);
      await world.say('m2');
      assert.deepEqual(await world.outcomes(), { m1: 'sent', m2: 'held' });
    });

    it('and take it away again', async () => {
      await world.run('SetReceiptPolicy', { customer, readWhen: 'manual', replyDelayMs: 900 });
      const other = await world.run('SetReceiptPolicy', { customer, replyDelayMs: 100, reset: true });
      assert.deepEqual([other.readWhen, other.replyDelayMs], ['accepted', 100]);
      const none = await world.run('SetReceiptPolicy', { customer, reset: true });
      assert.deepEqual([none.readWhen, none.replyDelayMs, none.canHold], ['accepted', 0, false]);
      assert.equal((await world.store.conversation(await conversationId()))?.policy, undefined);
    });

    for (const [what, given, code, field, message] of [
      ['nothing', {}, 'invalid_request', 'readWhen', /^readWhen: got no setting/],
      ['a moment that there is not', { readWhen: 'tomorrow' }, 'invalid_request', 'readWhen', /./],
      ['a delay that is too long', { replyDelayMs: 90_000 }, 'invalid_request', 'replyDelayMs', /./],
      [
        'a least delay above the most',
        { replyDelayMs: 900, replyMaxDelayMs: 100 },
        'invalid_policy',
        'replyDelayMs',
        /^replyDelayMs: got 900, allowed: at most replyMaxDelayMs, which is 100$/,
      ],
      [
        'typing while nothing may be read',
        { readWhen: 'never', showTyping: true },
        'invalid_policy',
        'showTyping',
        /^showTyping: got true, allowed: false while readWhen is "never"/,
      ],
    ] as const) {
      it(`and refuse ${what} in the maker’s words`, async () => {
        await assert.rejects(
          world.run('SetReceiptPolicy', { customer, ...given }),
          refusal(code, field, message),
        );
        assert.equal((await world.store.conversation(await conversationId()))?.policy, undefined);
      });
    }

    it('and explain what holds, or would, without setting it', async () => {
      const now = await world.run('ExplainPolicy', { customer });
      assert.deepEqual([now.readAtMs, now.canHold], [0, false]);
      assert.match(now.warning, /Set it to manual or replying/);
      const tried = await world.run('ExplainPolicy', {
        customer,
        readWhen: 'replying',
        replyDelayMs: 700,
        dialogMs: 300,
      });
      assert.deepEqual(
        [tried.readAtMs, tried.replyAtMs, tried.canHold, tried.warning],
        [300, 1000, true, undefined],
      );
      const held = await world.run('ExplainPolicy', { channel: 'meta', readWhen: 'manual', text: 'hello' });
      assert.deepEqual([held.readAtMs, held.canHold], [undefined, true]);
      assert.equal((await world.store.conversation(await conversationId()))?.policy, undefined);
      await assert.rejects(
        world.run('ExplainPolicy', { channel: 'acs' }),
        refusal('invalid_request', 'channel', /which is off/),
      );
    });
  });

  describe('report what agents do', () => {
    beforeEach(async () => {
      await begin(manual);
      await world.say('m1');
    });

    it('and release what waits for it', async () => {
      await world.run('SetReceiptPolicy', { customer, handoffRead: 'agentOpened' });
      await world.say('m2');
      const { holder, agent } = await world.run('ReportAgentEvent', {
        customer,
        event: 'accepted',
        agent: 'Kim',
      });
      assert.deepEqual([holder, agent], ['agent', 'Kim']);
      await world.run('ReportAgentEvent', { customer, event: 'opened', agent: 'Kim' });
      await world.time.settle();
      assert.equal((await world.outcomes()).m2, 'sent');
      const given = { customer, event: 'transferred', to: 'Lee' };
      const { holder: after, assignedTo } = await world.run('ReportAgentEvent', given);
      assert.deepEqual([after, assignedTo], ['queue', 'Lee']);
      assert.equal((await world.run('ReportAgentEvent', { customer, event: 'closed' })).holder, 'bot');
    });

    it('for themselves alone', async () => {
      const other = world.run(
        'ReportAgentEvent',
        { customer, event: 'opened', agent: 'Lee' },
        { agent: 'Kim' },
      );
      await assert.rejects(other, refusal('forbidden'));
      const wrong = world.run('ReportAgentEvent', { customer, event: 'opened', to: 'Lee' });
      await assert.rejects(wrong, refusal('invalid_request', 'to'));
      const own = await world.run('ReportAgentEvent', { customer, event: 'opened' }, { agent: 'Kim' });
      assert.equal(own.agent, 'Kim');
    });
  });

  describe('send', () => {
    beforeEach(async () => {
      await begin({ dialog: silent });
      await world.say('m1');
    });

    it('a text, once, and tell what becomes of it', async () => {
      const given = { customer, text: 'hi', idempotencyKey: 'k1' };
      const [first, second] = [await world.run('SendMessage', given), await world.run('SendMessage', given)];
      assert.deepEqual([first.sending, first.level], ['sent', 'accepted']);
      assert.equal(second.messageId, first.messageId);
      const other = world.run('SendMessage', { ...given, text: 'something else' });
      await assert.rejects(other, refusal('conflict'));
      for (const target of [{ messageId: first.messageId, channel: 'meta' }, { customer }]) {
        const { direction, level, messageId } = await world.run('GetMessageStatus', target);
        assert.deepEqual([direction, level, messageId], ['outbound', 'accepted', first.messageId]);
      }
      const inbound = await world.run('GetMessageStatus', { messageId: 'm1', channel: 'meta' });
      assert.deepEqual([inbound.direction, inbound.outcome, inbound.level], ['inbound', 'sent', undefined]);
    });

    it('a template with its parameters', async () => {
      const template = { templateName: 'order_update', templateLanguage: 'en_US' };
      await world.run('SendMessage', { customer, ...template, templateParameter1: 'Anna' });
      const [entry] = await world.store.listLedger(await conversationId(), { limit: 1 });
      assert.deepEqual(entry?.content, {
        type: 'template',
        template: { name: 'order_update', language: 'en_US', body: [{ type: 'text', text: 'Anna' }] },
      });
    });

    for (const [what, given, field] of [
      ['nothing', {}, 'text'],
      ['both', { text: 'x', templateName: 't', templateLanguage: 'en' }, 'text'],
      ['a template without its language', { templateName: 't' }, 'templateLanguage'],
      ['a text with parameters', { text: 'x', templateParameter1: 'y' }, 'templateLanguage'],
      [
        'parameters with a gap',
        { templateName: 't', templateLanguage: 'en', templateParameter2: 'y' },
        'templateParameter1',
      ],
      ['a text of blanks', { text: '  ' }, 'text'],
    ] as const) {
      it(`and refuse ${what}`, async () => {
        await assert.rejects(
          world.run('SendMessage', { customer, ...given }),
          refusal('invalid_request', field),
        );
      });
    }

    it('only a template after 24 hours', async () => {
      await world.time.pass(25 * 60 * 60 * 1000);
      await assert.rejects(world.run('SendMessage', { customer, text: 'hi' }), refusal('window_closed'));
      assert.equal((await world.run('GetConversation', { customer })).windowOpen, false);
    });

    it('and say that nothing has gone out yet', async () => {
      await assert.rejects(world.run('GetMessageStatus', { customer }), refusal('unknown_message'));
      await assert.rejects(world.run('GetMessageStatus', { messageId: 'o99' }), refusal('unknown_message'));
    });
  });
});

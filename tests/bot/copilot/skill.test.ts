import assert from 'node:assert/strict';
import { answerAgent, type EndOfCall } from '../../../bot/copilot/skill/skill.ts';
import { commands } from '../../../middleware/commands/commands.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import { type CommandWorld, commandWorld } from '../../support/commandWorld.ts';
import { customer } from '../../support/engineWorld.ts';

describe('the skill', () => {
  let world: CommandWorld;
  before(async () => {
    world = await commandWorld({
      policies: { default: { read: { when: 'manual' } } },
      dialog: async () => {},
    });
    await world.say('m1');
  });
  after(() => world.close());

  const tell = (activity: object) =>
    answerAgent({ commands, work: world.parts, log: world.log }, activity as never);
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
  const call = async (name: string, value?: unknown): Promise<EndOfCall & { value: any }> =>
    (await tell({ type: 'event', name, value })) ?? assert.fail('no answer');

  it('ends a call with what its command answers', async () => {
    const { conversationId, ...told } = (await call('GetConversation', { customer })).value;
    const { type, code, value } = await call('HoldReceipt', { conversationId });
    assert.deepEqual([type, code], ['endOfConversation', 'completedSuccessfully']);
    assert.deepEqual(value, await world.run('HoldReceipt', { conversationId }));
    assert.deepEqual([told.channel, told.holder, value.outcome], ['meta', 'bot', 'held']);
  });

  it('has every command, to the end', async () => {
    const given: Readonly<Record<string, object>> = {
      SetReceiptPolicy: { customer, readWhen: 'replying' },
      GetMessageStatus: { messageId: 'm1', channel: 'meta' },
      ReportAgentEvent: { customer, event: 'accepted' },
      SendMessage: { customer, text: 'Hello' },
    };
    for (const { name, output } of commands) {
      const { code, value } = await call(name, given[name] ?? { customer });
      assert.equal(code, 'completedSuccessfully', name);
      // What it answers is what the manifest says that it answers, and no more.
      output.strict().parse(value);
    }
  });

  it('keeps in the audit that a program with a token asked', async () => {
    await world.say('m2');
    const { value } = await call('MarkRead', { messageId: 'm2', channel: 'meta' });
    const steps = await world.store.audit({ conversation: value.conversationId }, { limit: 50 });
    const asked = steps.find(({ messageId, cause }) => messageId === 'm2' && cause.by === 'key');
    assert.deepEqual(asked?.cause, { by: 'key', via: 'token' });
  });

  it('takes what a maker left blank, and JSON in a text', async () => {
    for (const value of [
      { customer, messageId: null, conversationId: '', channel: null },
      JSON.stringify({ customer }),
    ])
      assert.equal((await call('GetConversation', value)).code, 'completedSuccessfully');
  });

  const refused: readonly [what: string, name: string, value: unknown, code: string, field?: string][] = [
    ['nothing', 'MarkRead', undefined, 'invalid_request', 'messageId'],
    ['a text', 'MarkRead', 'the last one', 'invalid_request'],
    ['a list', 'MarkRead', [customer], 'invalid_request'],
    ['a field that there is not', 'MarkRead', { customer, read: true }, 'invalid_request', 'read'],
    [
      'a field of another type',
      'MarkRead',
      { customer, includeHeld: 'yes' },
      'invalid_request',
      'includeHeld',
    ],
    [
      'JSON in a text that reaches for a prototype',
      'MarkRead',
      `{"customer":"${customer}","__proto__":{"isAdmin":true}}`,
      'invalid_request',
    ],
    [
      'JSON in a text whose length cannot be compared',
      'MarkRead',
      '{"messageId":{"length":{"toString":1}},"channel":"meta"}',
      'invalid_request',
    ],
    [
      'JSON in a text that is nested too deep',
      'MarkRead',
      `{"customer":${'['.repeat(40)}${']'.repeat(40)}}`,
      'invalid_request',
    ],
    ['a message that nobody saw', 'HoldReceipt', { messageId: 'm9', channel: 'meta' }, 'unknown_message'],
    ['a conversation that is none', 'ShowTyping', { conversationId: 'c_9' }, 'unknown_conversation'],
    [
      'a policy that cannot be',
      'SetReceiptPolicy',
      { customer, replyDelayMs: 9, replyMaxDelayMs: 1 },
      'invalid_policy',
      'replyDelayMs',
    ],
  ];
  for (const [what, name, value, code, field] of refused) {
    it(`refuses ${what}, in the form of every way in and in flat fields`, async () => {
      const end = await call(name, value);
      const { error, errorCode, errorMessage, ...rest } = end.value;
      assert.deepEqual([end.type, end.code, errorCode, error.code], ['endOfConversation', code, code, code]);
      assert.deepEqual([error.field, error.message, rest], [field, errorMessage, {}]);
      assert.doesNotMatch(errorMessage, /m9|c_9|\d{8}/, 'no id and no number is repeated');
      const command = commands.find(each => each.name === name);
      assert.ok(command?.errors.includes(code as never));
    });
  }

  it('refuses an event of another name, and tells those that there are', async () => {
    for (const name of ['markRead', 'bluetick.markRead', 'constructor', '', undefined]) {
      const { code, value } = await call(name as string);
      assert.deepEqual([code, value.error.field], ['invalid_request', 'name']);
      assert.match(value.errorMessage, /allowed: MarkRead, HoldReceipt, /);
    }
  });

  it('refuses a message: nobody is here to talk to, and the call must end', async () => {
    const end = await tell({ type: 'message', text: 'When are you open?' });
    assert.deepEqual([end?.type, end?.code], ['endOfConversation', 'unsupported']);
    assert.doesNotMatch(JSON.stringify(end), /open/);
  });

  it('answers nothing where nothing is called', async () => {
    for (const activity of [
      { type: 'endOfConversation' },
      { type: 'endOfConversation', name: 'PVASkillImport' },
      { type: 'event', name: 'PVASkillImport' },
      { type: 'message', text: 'PVASkillImport' },
      { type: 'conversationUpdate', membersAdded: [{ id: 'somebody' }] },
      { type: 'typing' },
      { type: 'invoke', name: 'MarkRead', value: { customer } },
    ])
      assert.equal(await tell(activity), undefined, JSON.stringify(activity));
  });

  it('says that it is our fault where it is, and logs that without words', async () => {
    const broken = async () => {
      throw new BluetickError('store_unavailable', 'The store is away', { cause: new Error('s3cret words') });
    };
    const work = { ...world.parts, store: { ...world.parts.store, conversation: broken } };
    const activity = { type: 'event', name: 'ShowTyping', value: { conversationId: 'c_1' } };
    const end = await answerAgent({ commands, work, log: world.log }, activity as never);
    assert.equal(end?.code, 'store_unavailable');
    const [line, ...others] = world.log.lines.filter(({ level }) => level === 'error');
    assert.deepEqual([line?.message, others], ['A command failed', []]);
    assert.match(JSON.stringify(line), /store_unavailable/);
    assert.doesNotMatch(JSON.stringify(line), /s3cret/);
  });
});

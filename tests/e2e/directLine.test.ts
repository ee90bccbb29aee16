import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventActivity } from 'botframework-directlinejs';
import {
  type DirectLineChat,
  type DirectLineChats,
  globalNames,
  startDirectLineChats,
} from '../support/directLineChats.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';

const hours = 'We are open from Tuesday to Friday, 9 to 18, and on Saturday from 10 to 14.';
const prices = 'A puncture is 15, a service 69, and we call before anything dearer.';
const key = 'a-key-for-the-tests-0123456789';
const farewell = 'You are welcome. Ride safely!';

/** Finds the trace of a receipt. */
const isReceipt =
  (outcome: string, because = /./) =>
  (activity: object) => {
    const { name, value } = activity as { name?: string; value?: { outcome: string; because: string } };
    return name === 'Bluetick' && value?.outcome === outcome && because.test(value.because);
  };

describe('Direct Line: offline-directline, spoken to with botframework-directlinejs', function () {
  this.timeout(30_000);
  let known: readonly string[];
  let folder: string;
  let host: HostProcess | undefined;
  let chats: DirectLineChats | undefined;
  let chat: DirectLineChat;

  before(async () => {
    known = globalNames();
    folder = await mkdtemp(join(tmpdir(), 'bluetick-directline-'));
    host = await startHostProcess({ BLUETICK_DATA: join(folder, 'data'), BLUETICK_API_KEY: key });
    chats = await startDirectLineChats(`${host.url}/api/messages`, folder);
  });
  after(async () => {
    await chats?.close();
    assert.equal(await host?.end('SIGTERM'), 0);
    await rm(folder, { recursive: true });
    assert.deepEqual(globalNames(), known);
  });
  beforeEach(() => {
    chat = open();
  });
  afterEach(() => chat.end());

  const open = () => (chats as DirectLineChats).open();

  it('brings a customer the bot’s answer', async () => {
    assert.match(await chat.say('When are you open?'), /^[\w-]{36}$/);
    await chat.answered(hours);
    assert.deepEqual(chat.answers(), [hours]);
  });

  it('brings the answers to several messages in their order', async () => {
    await chat.say('How much is a puncture?');
    await chat.say('When are you open?');
    await chat.say('Thanks!');
    await chat.answered(farewell);
    assert.deepEqual(chat.answers(), [prices, hours, farewell]);
  });

  it('keeps conversations apart', async () => {
    const other = open();
    try {
      await Promise.all([chat.say('Thanks!'), other.say('When are you open?')]);
      await chat.answered(farewell);
      await other.waitFor(({ type }) => type === 'message');
      assert.deepEqual([chat.answers(), other.answers()], [[farewell], [hours]]);
    } finally {
      other.end();
    }
  });

  it('shows as a trace what became of the message’s receipt', async () => {
    await chat.say('When are you open?');
    assert.equal((await chat.waitFor(isReceipt('sent'))).type, 'trace');
  });

  it('obeys makers’ commands about the one who writes here', async () => {
    await chat.say('How much is a puncture?');
    const { conversation } = (await chat.answered(prices)) as { conversation?: { id: string } };
    const command = async (name: string, fields: object = {}) => {
      const answer = await fetch(`${host?.url}/api/v1/commands/${name}`, {
        method: 'POST',
        headers: { 'x-api-key': key },
        body: JSON.stringify({ customer: conversation?.id, ...fields }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: each line says what it expects of the answer
      return (await answer.json()) as any;
    };
    const set = await command('SetReceiptPolicy', { readWhen: 'manual' });
    assert.deepEqual([set.channel, set.readWhen, set.canHold], ['emulator', 'manual', true]);

    // The emulator has no ticks: what becomes of a receipt shows as a trace.
    await chat.say('When are you open?');
    await chat.waitFor(isReceipt('held'));
    assert.equal((await command('GetConversation')).openReceipts, 1);
    const { outcome, count } = await command('MarkRead');
    assert.deepEqual([outcome, count], ['sent', 1]);
    await chat.waitFor(isReceipt('sent', /asked for/));

    assert.equal((await command('ShowTyping')).shown, true);
    await command('SendMessage', { text: 'We called you.' });
    await chat.answered('We called you.');
    assert.equal((await command('ReportAgentEvent', { event: 'accepted' })).holder, 'agent');
    await chat.say('Thanks!');
    assert.equal((await command('ReportAgentEvent', { event: 'closed' })).holder, 'bot');
    await chat.say('Thanks!');
    await chat.answered(farewell);
    assert.deepEqual(chat.answers(), [prices, hours, 'We called you.', farewell]);
  });

  it('brings the event that asks for a person, and has the bot silent until the hub gives the conversation back', async () => {
    const status = (state: string) => chat.post({ type: 'event', name: 'handoff.status', value: { state } });
    const notice = 'I am getting somebody from the workshop for you.';
    await chat.say('Can I talk to a person?');
    const { name, value } = (await chat.waitFor(({ type }) => type === 'event')) as EventActivity;
    assert.deepEqual([name, value], ['handoff.initiate', { topic: 'asked for a person' }]);
    await status('accepted');
    await chat.say('When are you open?');
    await status('completed');
    await chat.say('Thanks!');
    await chat.answered(farewell);
    assert.deepEqual(chat.answers(), [notice, farewell]);
  });

  it('is not disturbed by an event that means nothing to it', async () => {
    await chat.say('When are you open?');
    await chat.post({ type: 'event', name: 'of.nobody', value: { a: 1 }, channelData: { from: 'the page' } });
    await chat.say('Thanks!');
    await chat.answered(farewell);
    assert.deepEqual(chat.answers(), [hours, farewell]);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../../bot/config.ts';
import { type Host, startHost } from '../../../bot/host.ts';
import { type Connector, startConnector } from '../../support/connector.ts';

describe('the Emulator', () => {
  let folder: string;
  let host: Host;
  let connector: Connector;
  let messages: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-emulator-'));
    connector = await startConnector();
    messages = 0;
  });
  afterEach(async () => {
    await host.close();
    await connector.close();
    await rm(folder, { recursive: true });
  });

  async function start(policy: object = {}): Promise<void> {
    const BLUETICK_POLICY = join(folder, 'policy.json');
    await writeFile(BLUETICK_POLICY, JSON.stringify({ channels: { emulator: policy } }));
    const config = readConfig({ PORT: '0', BLUETICK_DATA: folder, BLUETICK_POLICY });
    host = await startHost(config, pino({ level: 'silent' }));
  }

  /** What the Emulator posts. */
  async function post(over: object): Promise<string> {
    messages += 1;
    const response = await fetch(`http://127.0.0.1:${host.port}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        type: 'message',
        id: `activity-${messages}`,
        timestamp: new Date().toISOString(),
        channelId: 'emulator',
        serviceUrl: connector.url,
        conversation: { id: 'conversation-1' },
        from: { id: 'user-1', role: 'user' },
        recipient: { id: 'bot-1', role: 'bot' },
        ...over,
      }),
    });
    assert.equal(response.status, 200);
    return response.text();
  }
  const say = (text: string, over: object = {}) => post({ text, ...over });

  /** A list of the API, or one conversation. */
  interface Answer {
    readonly items: readonly { id: string; channel: string; holder: string; outcome: string }[];
  }

  async function api(path: string, body?: object): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${host.port}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-api-key': String(host.madeUpKey), 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.equal(response.ok, true, `${path}: ${response.status}`);
    return (await response.json()) as Answer;
  }
  const conversation = async () => {
    const [only] = (await api('/conversations')).items;
    assert.ok(only);
    return only;
  };
  /** The decisions that the inspector has shown, once there are so many of them. */
  const traces = async (count: number) =>
    (await connector.waitFor(count, 'trace')).map(({ activity }) => activity.label);

  it('shows each decision about a receipt in its inspector, and typing before the reply', async () => {
    await start();
    await say('hello');
    await connector.waitFor(1, 'message');
    assert.deepEqual(await traces(2), [
      'Receipt scheduled: read.when is accepted',
      'Receipt sent: read.when is accepted',
    ]);
    const [trace] = await connector.waitFor(1, 'trace');
    const { name, valueType, value } = trace?.activity ?? {};
    assert.deepEqual([name, valueType], ['Bluetick', 'urn:bluetick:receipt']);
    const { dueAt, ...decision } = value as { dueAt: string };
    assert.deepEqual(decision, { message: 'm1', outcome: 'scheduled', because: 'read.when is accepted' });
    assert.equal(Number.isNaN(Date.parse(dueAt)), false);
  });

  it('has typing while the bot takes its time', async () => {
    await start({ think: { delay: { minMs: 300 } } });
    await say('hello');
    const types =
      (await connector.waitFor(1, 'message')) && connector.received.map(each => each.activity.type);
    assert.equal(types.filter(type => type === 'typing').length, 1);
    assert.equal(types.indexOf('typing') < types.indexOf('message'), true);
  });

  it('is a channel of the API, with its conversation and receipts', async () => {
    await start();
    await say('hello');
    await traces(2);
    const { id, channel, holder } = await conversation();
    assert.deepEqual([channel, holder], ['emulator', 'bot']);
    const { items } = await api(`/conversations/${id}/receipts`);
    assert.deepEqual(
      items.map(({ outcome }) => outcome),
      ['sent'],
    );
    const { items: channels } = await api('/capabilities');
    assert.deepEqual(
      channels.map(each => each.channel),
      ['simulator', 'emulator'],
    );
  });

  it('shows what is held, and its release when an agent opens the conversation', async () => {
    await start({ read: { when: 'manual' }, handoff: { read: 'agentOpened' } });
    await say('hello');
    assert.match(String((await traces(1))[0]), /^Receipt held: /);
    const { id } = await conversation();
    await api(`/conversations/${id}/agent-events`, { event: 'opened' });
    assert.match(String((await traces(4)).at(-1)), /^Receipt sent: /);
  });

  it('is silent while agents hold the conversation, until the hub says that they have ended', async () => {
    await start();
    await say('I want to talk to a person');
    const [handoff] = await connector.waitFor(1, 'event');
    assert.equal(handoff?.activity.name, 'handoff.initiate');
    const said = (await connector.waitFor(1, 'message')).length;
    await say('Is anybody there?');
    assert.equal((await conversation()).holder, 'queue');
    const status = (state: string) => post({ type: 'event', name: 'handoff.status', value: { state } });
    await status('accepted');
    assert.equal((await conversation()).holder, 'agent');
    await status('completed');
    assert.equal((await conversation()).holder, 'bot');
    assert.equal((await connector.waitFor(said, 'message')).length, said);
    await say('hello');
    assert.equal((await connector.waitFor(said + 1, 'message')).length, said + 1);
  });

  it('goes on where the Emulator takes no events: the conversation is handed over all the same', async () => {
    await start();
    connector.refuses = 'event';
    await say('I want to talk to a person');
    assert.equal((await conversation()).holder, 'queue');
    assert.equal((await connector.waitFor(1, 'message')).length, 1);
  });

  it('answers in the body where replies are expected there', async () => {
    await start({ reply: { delay: { minMs: 60_000, maxMs: 60_000 } } });
    const { activities } = JSON.parse(await say('hello', { deliveryMode: 'expectReplies' }));
    assert.match(activities[0].text, /^Hello!/);
    assert.deepEqual((await traces(2)).length, 2);
  });

  it('takes a message again without a second receipt', async () => {
    await start();
    await say('hello', { id: 'same' });
    await say('hello', { id: 'same' });
    await connector.waitFor(2, 'message');
    assert.equal((await traces(2)).length, 2);
  });

  it('leaves the receipt failed where the Emulator does not take it', async () => {
    await start({ think: { delay: { minMs: 200 } } });
    connector.status = 404;
    await assert.rejects(say('hello'));
    const { id } = await conversation();
    const { items } = await api(`/conversations/${id}/receipts`);
    assert.deepEqual(
      items.map(({ outcome }) => outcome),
      ['failed'],
    );
  });
});

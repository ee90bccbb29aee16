import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Activity, DirectLine, EventActivity } from 'botframework-directlinejs';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { type Program, startProgram } from '../support/program.ts';

const server = join(import.meta.dirname, '..', 'support', 'directLineServer.ts');
const waitMs = 10_000;

const hours = 'We are open from Tuesday to Friday, 9 to 18, and on Saturday from 10 to 14.';
const prices = 'A puncture is 15, a service 69, and we call before anything dearer.';
const farewell = 'You are welcome. Ride safely!';

/** One customer's conversation. */
interface Chat {
  /** Sends an activity; the bot's turn is over when the server answers. */
  post(activity: object): Promise<string>;
  say(text: string): Promise<string>;
  /** What the bot has said so far. */
  answers(): readonly (string | undefined)[];
  /** Waits until something that the bot sent is as wanted. */
  waitFor(wanted: (activity: Activity) => boolean): Promise<Activity>;
  end(): void;
}

/** Names of the global scope, by which one sees what was left in it. */
const globals = () => Object.getOwnPropertyNames(globalThis);

describe('Direct Line: offline-directline, spoken to with botframework-directlinejs', function () {
  this.timeout(30_000);
  let folder: string;
  let host: HostProcess | undefined;
  let directLine: Program | undefined;
  let known: readonly string[];
  let Client: typeof DirectLine;
  let chat: Chat;

  before(async () => {
    // The client is made for browsers: it needs theirs, and its polyfills leave names behind.
    known = globals();
    Object.assign(globalThis, { XMLHttpRequest: createRequire(import.meta.url)('xhr2') });
    ({ DirectLine: Client } = await import('botframework-directlinejs'));
    folder = await mkdtemp(join(tmpdir(), 'bluetick-directline-'));
    host = await startHostProcess({ BLUETICK_DATA: join(folder, 'data') });
    const ready = /^listening on (.+)$/;
    directLine = await startProgram([server, `${host.url}/api/messages`], { ready, folder });
  });
  after(async () => {
    await directLine?.end();
    assert.equal(await host?.end('SIGTERM'), 0);
    await rm(folder, { recursive: true });
    for (const name of globals()) if (!known.includes(name)) Reflect.deleteProperty(globalThis, name);
    assert.deepEqual(globals(), known);
  });
  beforeEach(() => {
    chat = open();
  });
  afterEach(() => chat.end());

  function open(): Chat {
    const client = new Client({
      domain: `${directLine?.said[0]}/directline`,
      webSocket: false,
      pollingInterval: 200,
      secret: 'unused',
    });
    const sent: Activity[] = [];
    const arrivals = new EventEmitter();
    const subscription = client.activity$.subscribe(activity => {
      // The server tells everything that happens in the conversation, and names every bot so.
      if (activity.from.name !== 'Bot') return;
      sent.push(activity);
      arrivals.emit('activity');
    });
    const post = (activity: object) => {
      const whole = { from: { id: 'anna', name: 'Anna' }, ...activity } as Activity;
      return client.postActivity(whole).toPromise() as Promise<string>;
    };
    return {
      post,
      say: text => post({ type: 'message', text }),
      answers: () => sent.flatMap(activity => (activity.type === 'message' ? [activity.text] : [])),
      async waitFor(wanted) {
        const signal = AbortSignal.timeout(waitMs);
        for (;;) {
          const found = sent.find(wanted);
          if (found !== undefined) return found;
          await once(arrivals, 'activity', { signal });
        }
      },
      end() {
        subscription.unsubscribe();
        client.end();
      },
    };
  }

  const answered = (text: string) =>
    chat.waitFor(activity => activity.type === 'message' && activity.text === text);

  it('brings a customer the bot’s answer', async () => {
    assert.match(await chat.say('When are you open?'), /^[\w-]{36}$/);
    await answered(hours);
    assert.deepEqual(chat.answers(), [hours]);
  });

  it('brings the answers to several messages in their order', async () => {
    await chat.say('How much is a puncture?');
    await chat.say('When are you open?');
    await chat.say('Thanks!');
    await answered(farewell);
    assert.deepEqual(chat.answers(), [prices, hours, farewell]);
  });

  it('keeps conversations apart', async () => {
    const other = open();
    try {
      await Promise.all([chat.say('Thanks!'), other.say('When are you open?')]);
      await answered(farewell);
      await other.waitFor(({ type }) => type === 'message');
      assert.deepEqual([chat.answers(), other.answers()], [[farewell], [hours]]);
    } finally {
      other.end();
    }
  });

  it('shows as a trace what became of the message’s receipt', async () => {
    await chat.say('When are you open?');
    const isSent = (activity: object) =>
      'name' in activity && activity.name === 'Bluetick' && /"outcome":"sent"/.test(JSON.stringify(activity));
    assert.equal((await chat.waitFor(isSent)).type, 'trace');
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
    await answered(farewell);
    assert.deepEqual(chat.answers(), [notice, farewell]);
  });

  it('is not disturbed by an event that means nothing to it', async () => {
    await chat.say('When are you open?');
    await chat.post({ type: 'event', name: 'of.nobody', value: { a: 1 }, channelData: { from: 'the page' } });
    await chat.say('Thanks!');
    await answered(farewell);
    assert.deepEqual(chat.answers(), [hours, farewell]);
  });
});

/**
 * The whole story in the terminal: a customer writes, and what the phone shows is printed as it happens, and the ticks of
 * the bot's messages as the ledger has them. Everything is real but WhatsApp: webhooks, calls, the store (in a temporary
 * folder), the bot.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { legend, Ticks } from './demo/ticks.ts';
import { startHost } from './host.ts';
import type { PhoneEvent } from './simulator/phone.ts';

/** Short waits, as a person at a desk would have them; long enough to be seen. */
const policy = {
  read: { delay: { minMs: 700 } },
  reply: { delay: { minMs: 500, perCharacterMs: 15, maxMs: 2500 } },
};

const folder = await mkdtemp(join(tmpdir(), 'bluetick-demo-'));
const config = readConfig({ PORT: '0', BLUETICK_DATA: folder });
const host = await startHost({ ...config, policyBook: { default: policy } }, pino({ level: 'silent' }));
const { simulator, store, engine } = host.app;
if (simulator === undefined) throw new Error('The demo runs on the simulator');
const { faults } = simulator;
const phone = simulator.phone('4915550001111', { name: 'Anna' });

let sceneBegan = 0;
let answersBefore = 0;
/** Whether every tick is shown, or blue ones alone. */
let everyTick = false;
/** What is printed, in the order in which it happened: the ledger has to be asked for some of it. */
let printed = Promise.resolve();
const ticks = new Ticks();
const texts = new Map<string | undefined, string>();
simulator.events.on('event', (_phone, event) => {
  if (event.what === 'customer') texts.set(event.messageId, event.text ?? '');
  const line = describe(event);
  if (line !== undefined) say(event.at, line);
});
engine.onLedger(event => {
  if (!('message' in event)) return;
  const isShown = everyTick || event.type !== 'message.level' || event.level === 'read';
  say(event.at, async () => {
    const entry = await store.ledgerEntry({ ref: event.message });
    const line = entry && ticks.line(event, entry);
    return isShown && line ? `  ours  ${line}` : undefined;
  });
});

try {
  print(
    `Policy: blue after ${policy.read.delay.minMs} ms, typing while the bot works, replies paced by their length.`,
  );
  print(`"Ours" are the ticks of the bot's messages, as Bluetick's ledger has them: ${legend}.`);
  phone.open();

  await scene('A question', async () => {
    phone.say('Hello!');
    await answers(1);
  });
  await scene('Three messages in a row: one receipt for all of them', async () => {
    phone.leave();
    phone.sayMany(['When are you open?', 'And what does a puncture cost?', 'Thanks!']);
    await answers(3);
    phone.open();
  });
  await scene('A question that takes the bot some time: typing lasts as long as the work', async () => {
    phone.say('Is my bicycle ready?');
    await answers(1);
  });
  await scene('A picture', async () => {
    phone.say('Where are you?');
    await answers(1);
  });
  await scene(
    'WhatsApp has trouble with receipts: the answer waits 1.5 s at most, the receipt comes later',
    async () => {
      faults.calls({ kind: 'typing', how: { type: 'rate', retryAfterSeconds: 3 } });
      phone.say('How much is a service?');
      await answers(1);
    },
  );

  everyTick = true;
  await scene('Her phone is off when the answer comes: every tick has its time', async () => {
    phone.leave();
    phone.say('Thanks!');
    await phone.waitFor(({ typing }) => typing);
    phone.setOnline(false);
    await answers(1);
    await setTimeout(600);
    phone.setOnline(true);
    await setTimeout(600);
    phone.open();
  });
  await scene('Ticks arrive last first, and each of them twice', async () => {
    faults.statuses({ order: 'reversed', copies: 2 });
    phone.say('When do you close?');
    await answers(1);
  });
  await scene('WhatsApp takes an answer only when it is sent again, and cannot deliver it', async () => {
    faults.calls({ kind: 'send', how: { type: 'status', status: 500 } });
    faults.statuses({ fails: { code: 131026 } });
    const sends = simulator.calls.filter(({ kind }) => kind === 'send').length;
    phone.say('Thanks!');
    await simulator.waitForCalls(sends + 1, 10_000, 'send');
    await setTimeout(300);
    await showWaiting();
    await simulator.waitForCalls(sends + 2, 10_000, 'send');
  });
  await scene('Who hides what she has read shows it by her answer', async () => {
    phone.readReceipts = false;
    phone.say('Thanks!');
    await answers(1);
    // WhatsApp tells whole seconds: an answer within the same one proves nothing.
    await setTimeout(1500);
    phone.say('Bye!');
    await answers(2);
  });
  print(
    '\nThat was it. `npm start` leaves it running; the README says how to put it in front of real customers.',
  );
} finally {
  await host.close();
  await rm(folder, { recursive: true });
}

/** Plays a scene until every message of the customer is blue, and nothing is on its way. */
async function scene(title: string, play: () => Promise<void>): Promise<void> {
  await setTimeout(500);
  print(`\n${title}`);
  sceneBegan = Date.now();
  answersBefore = countAnswers();
  await play();
  await simulator?.waitFor(
    () => phone.messages.every(({ from, tick }) => from === 'business' || tick === 'read'),
    30_000,
  );
  await simulator?.idle();
  await printed;
}

/** Waits until the bot has answered so many times in this scene. */
async function answers(count: number): Promise<void> {
  await simulator?.waitFor(() => countAnswers() >= answersBefore + count, 30_000);
}

function countAnswers(): number {
  return phone.messages.filter(({ from }) => from === 'business').length;
}

/** Shows the bot's latest message, which nobody has taken yet. */
async function showWaiting(): Promise<void> {
  const { business, customer } = phone;
  const conversation = await store.conversation({ channel: 'simulator', business, customer });
  const [entry] = conversation === undefined ? [] : await store.listLedger(conversation.id, { limit: 1 });
  if (entry?.acceptedAt === undefined && entry !== undefined)
    say(Date.now(), `  ours  ${ticks.waits(entry)}`);
}

function describe({ what, text = '', messageId }: PhoneEvent): string | undefined {
  switch (what) {
    case 'customer':
      return `Anna        ${text}`;
    case 'blue':
      return `  ✓✓ blue   "${texts.get(messageId)}"`;
    case 'typing':
      return '  typing…';
    case 'typingEnd':
      return '  typing ends';
    case 'business':
      return `Bot         ${isPicture(messageId) ? '[picture] ' : ''}${text}`;
    case 'opened':
      return sceneBegan > 0 ? 'Anna        [opens the chat]' : undefined;
    case 'offline':
      return 'Anna        [her phone is off]';
    case 'online':
      return 'Anna        [her phone is on again]';
    default:
      return undefined;
  }
}

function isPicture(messageId: string | undefined): boolean {
  return phone.messages.some(({ id, type }) => id === messageId && type === 'image');
}

function say(at: number, line: string | (() => Promise<string | undefined>)): void {
  const time = ((at - sceneBegan) / 1000).toFixed(1).padStart(6);
  printed = printed.then(async () => {
    const text = typeof line === 'string' ? line : await line();
    if (text !== undefined) print(`${time} s  ${text}`);
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

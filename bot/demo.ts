/**
 * The whole story in the terminal: a customer writes, and what the phone shows is printed as it happens. Everything
 * is real but WhatsApp: webhooks, calls, the store (in a temporary folder), the bot.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from './config.ts';
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
const { simulator } = host.app;
if (simulator === undefined) throw new Error('The demo runs on the simulator');
const phone = simulator.phone('4915550001111', { name: 'Anna' });

let sceneBegan = 0;
const texts = new Map<string | undefined, string>();
simulator.events.on('event', (_phone, event) => {
  if (event.what === 'customer') texts.set(event.messageId, event.text ?? '');
  const line = describe(event);
  if (line !== undefined) say(event.at, line);
});

try {
  print(
    `Policy: blue after ${policy.read.delay.minMs} ms, typing while the bot works, replies paced by their length.`,
  );

  await scene('A question', () => phone.say('Hello!'), 1);
  await scene(
    'Three messages in a row: one receipt for all of them',
    () => phone.sayMany(['When are you open?', 'And what does a puncture cost?', 'Thanks!']),
    3,
  );
  await scene(
    'A question that takes the bot some time: typing lasts as long as the work',
    () => phone.say('Is my bicycle ready?'),
    1,
  );
  await scene('A picture', () => phone.say('Where are you?'), 1);
  await scene(
    'WhatsApp has trouble with receipts: the answer waits 1.5 s at most, the receipt comes later',
    () => {
      simulator.faults.calls({ kind: 'typing', how: { type: 'rate', retryAfterSeconds: 3 } });
      phone.say('How much is a service?');
    },
    1,
  );
  print(
    '\nThat was it. `npm start` leaves it running; the README says how to put it in front of real customers.',
  );
} finally {
  await host.close();
  await rm(folder, { recursive: true });
}

/** Plays a scene until the bot has answered `answers` times and every message is blue. */
async function scene(title: string, act: () => void, answers: number): Promise<void> {
  print(`\n${title}`);
  sceneBegan = Date.now();
  const before = count('business');
  act();
  await simulator?.waitFor(
    () => count('business') >= before + answers && phone.messages.every(isDone),
    30_000,
  );
  await setTimeout(800);
}

function isDone({ from, tick }: { from: string; tick: string }): boolean {
  return from === 'business' || tick === 'read';
}

function count(from: 'business'): number {
  return phone.messages.filter(message => message.from === from).length;
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
    default:
      return undefined;
  }
}

function isPicture(messageId: string | undefined): boolean {
  return phone.messages.some(({ id, type }) => id === messageId && type === 'image');
}

function say(at: number, line: string): void {
  print(`${((at - sceneBegan) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

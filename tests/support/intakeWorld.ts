/** Twilio's way in over a real engine, store, channel and spool, without a host around it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createTwilioIntake, type TwilioIntake } from '../../bot/intake/twilioIntake.ts';
import { createTwilioChannel } from '../../middleware/channels/twilio/twilioChannel.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { RelayedAnswer } from '../../middleware/forwarding/forwardClient.ts';
import { createTwilioForward } from '../../middleware/forwarding/twilioForward.ts';
import { createPolicyBook } from '../../middleware/policy/policyBook.ts';
import { parsePolicyBook } from '../../middleware/policy/schema.ts';
import type { MessageView, RawRequest, Store, WebhookChannel } from '../../middleware/ports.ts';
import { createEngine, type Engine } from '../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { type DynamicsDoor, openDynamicsDoor, twilioHeaders } from './dynamicsDoor.ts';
import { quietLog } from './engineWorld.ts';
import { type Form, inboundForm, sid, signForm } from './twilioWebhooks.ts';

export const authToken = '12345678901234567890123456789012';
export const accountSid = sid('AC', 1);
export const business = '14155238886';
export const publicUrl = 'https://bot.example.com';
const deadlineMs = 10_000;

/** How the store is. `hangs`: it answers nothing until it is back. `admitsNothing`: everything but that works. */
export type StoreState = 'there' | 'away' | 'hangs' | 'admitsNothing';

/** What a customer's request is made of. */
export interface Wrote {
  /** Which message: its id is made of it, and its token too where `token` does not say otherwise. */
  readonly number: number;
  /** In digits. */
  readonly customer?: string;
  /** `I-Twilio-Idempotency-Token`; `null`: none. */
  readonly token?: string | null;
  readonly path?: string;
  /** Instead of an inbound message. */
  readonly form?: Form;
}

/** The way in, with what is in front of it and behind. */
export interface IntakeWorld {
  readonly store: Store;
  readonly door: DynamicsDoor;
  readonly intake: TwilioIntake;
  readonly engine: Engine;
  readonly log: ReturnType<typeof quietLog>;
  /** Sets how the store is from now on. */
  storeIs(state: StoreState): void;
  /** Brings a request of Twilio's: answers what is relayed, `undefined` for an empty 200. */
  bring(wrote: Wrote): Promise<RelayedAnswer | undefined>;
  /** How many calls the store has had that keep something of a request. */
  storeCalls(): number;
  /** What the store has of a message. */
  message(number: number): Promise<MessageView | undefined>;
  /** The numbers of the messages that were taken behind us, in order. */
  taken(): number[];
  readonly spoolPath: string;
  /** The lines of the spool. */
  spool(): Promise<string[]>;
  /** Waits until something has become true. */
  until(look: () => boolean | Promise<boolean>): Promise<void>;
  /** Ends it, and starts another on the same files. */
  restart(options?: { readonly forwards: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** A request as a host has it, signed and checked. */
export function requestOf({ number, customer = '15551234567', token, path, form }: Wrote): RawRequest {
  const fields = form ?? inboundForm({ accountSid, business, customer }, sid('SM', number));
  const target = path ?? '/webhooks/twilio';
  const { headers, body } = signForm(publicUrl + target, fields, authToken);
  const { 'i-twilio-idempotency-token': _token, ...others } = twilioHeaders;
  return {
    headers: {
      ...others,
      ...headers,
      ...(token !== null && { 'i-twilio-idempotency-token': token ?? `token-${number}` }),
    },
    query: Object.fromEntries(new URL(target, publicUrl).searchParams),
    target,
    body: Buffer.from(body),
  };
}

/** Starts one: receipts wait for a word, so that nothing is called by itself. */
export async function startIntakeWorld({
  forwards = true,
  spoolLimit,
}: {
  /** Whether requests are passed on. */
  readonly forwards?: boolean;
  readonly spoolLimit?: number;
} = {}): Promise<IntakeWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-intake-'));
  const spoolPath = join(folder, 'twilio-spool.jsonl');
  const door = await openDynamicsDoor(authToken);
  const log = quietLog();
  const channel: WebhookChannel = createTwilioChannel({
    accountSid,
    authTokens: [authToken],
    numbers: [business],
    publicUrl,
    apiUrl: 'http://127.0.0.1:9',
    messagingUrl: 'http://127.0.0.1:9',
  });
  let state: StoreState = 'there';
  let storeCalls = 0;
  let back = Promise.withResolvers<void>();
  let real: Store;
  let engine: Engine;
  let intake: TwilioIntake;

  const open = async (passesOn = forwards) => {
    real = await openSqliteStore({ path: join(folder, 'bluetick.sqlite'), thread: false });
    const store = new Proxy(real, {
      get: (target, name: keyof Store) => {
        if (name === 'sharing') return undefined;
        const call = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (name === 'addForward' || name === 'admit') storeCalls += 1;
          if (name === 'close') return call(...args);
          if (state === 'away' || (state === 'admitsNothing' && name === 'admit'))
            throw new BluetickError('store_unavailable', 'The store cannot be written');
          if (state === 'hangs') await back.promise;
          return call(...args);
        };
      },
    });
    const read = { when: 'manual', acceptTypingWithRead: true };
    const policies = createPolicyBook(parsePolicyBook({ default: { read } }), [channel]);
    engine = createEngine({ store, channels: [channel], policies, log });
    const forward = passesOn
      ? createTwilioForward({ url: door.url, authToken, clock: systemClock })
      : undefined;
    const parts = { channel, engine, store, log, dataFolder: folder, forward };
    intake = await createTwilioIntake({ ...parts, ...(spoolLimit !== undefined && { spoolLimit }) });
    engine.start();
    intake.start();
  };
  const end = async () => {
    await intake.close();
    await engine.stop();
    await real.close();
  };
  await open();
  return {
    get store() {
      return real;
    },
    door,
    get intake() {
      return intake;
    },
    get engine() {
      return engine;
    },
    log,
    storeIs(next) {
      state = next;
      back.resolve();
      back = Promise.withResolvers();
    },
    async bring(wrote) {
      const request = requestOf(wrote);
      await channel.webhook.authenticate(request);
      return intake.receive(channel, request);
    },
    storeCalls: () => storeCalls,
    message: number => real.message({ channel: 'twilio', business, key: sid('SM', number) }),
    taken: () => door.taken.map(({ MessageSid = '' }) => Number.parseInt(MessageSid.slice(2), 16)),
    spoolPath,
    async spool() {
      return (await readFile(spoolPath, 'utf8')).split('\n').filter(Boolean);
    },
    async until(look) {
      const end = performance.now() + deadlineMs;
      while (!(await look())) {
        if (performance.now() > end) throw new Error('it has not become true in time');
        await setImmediate();
      }
    },
    async restart(options) {
      await end();
      await open(options?.forwards);
    },
    async close() {
      await end();
      await door.close();
      await channel.close();
      await rm(folder, { recursive: true });
    },
  };
}

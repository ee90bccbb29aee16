import assert from 'node:assert/strict';
import { Waiting } from '../../../bot/simulator/waiting.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import { Forwarder, type Kept } from '../../../middleware/forwarding/forwarder.ts';
import { createTwilioForward } from '../../../middleware/forwarding/twilioForward.ts';
import type { NewForward, Sharing, Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import {
  systemClock as clock,
  systemScheduler as scheduler,
} from '../../../middleware/timing/systemClock.ts';
import { type DynamicsDoor, openDynamicsDoor } from '../../support/dynamicsDoor.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';

const authToken = '12345678901234567890123456789012';

/** What a log was told. */
export interface Line {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** How a call of the store goes, by its name. */
export type StoreFault = 'fails' | 'hangs' | 'late';

/** A forwarder over a real store, in front of a stand-in that checks what it is sent, with time in its hands. */
export interface ForwardWorld {
  readonly time: FakeTime;
  readonly store: Store;
  readonly forwarder: Forwarder;
  readonly door: DynamicsDoor;
  readonly lines: readonly Line[];
  /** Another worker at the same store, which it may share with other processes. */
  another(sharing?: Sharing): Forwarder;
  /** Brings a request; answers what it comes to, and with that its answer. */
  bring(forward: NewForward, forwarder?: Forwarder): Promise<Kept>;
  /** Brings a request and waits for its answer: its status, or `undefined`; `known` where it gets none of its own. */
  answerTo(id: string, lane?: string): Promise<number | 'known' | undefined>;
  /** The next call of that name fails; or it is answered when {@link ForwardWorld.release} is called, or never made. */
  strike(name: 'addForward' | 'claimForwards' | 'endForward', fault: StoreFault): void;
  release(): void;
  /** Waits until the store knows how so many tries ended. */
  ended(tries: number): Promise<void>;
  /** Time passes, and so many tries have ended since the start. */
  later(ms: number, tries: number): Promise<void>;
  /** The ids of the requests that were taken, in order. */
  taken(): (string | undefined)[];
  close(): Promise<void>;
}

/** A request of a customer, by an id that its receiver sees. */
export function requestOf(id: string, lane = 'anna'): NewForward {
  return {
    channel: 'twilio',
    key: `key ${id}`,
    lane,
    request: {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams({ MessageSid: id, Body: 'in-the-body' }).toString()).toString(
        'base64',
      ),
    },
  };
}

/** Starts one, with its forwarder. */
export async function startForwardWorld(): Promise<ForwardWorld> {
  const time = fakeTime();
  const door = await openDynamicsDoor(authToken);
  const store = await openSqliteStore({ path: ':memory:', thread: false });
  const lines: Line[] = [];
  const tell = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  const log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const client = createTwilioForward({ url: door.url, authToken, clock });
  const waiting = new Waiting();
  const strikes = new Map<string, StoreFault>();
  let released = Promise.withResolvers<void>();
  let ends = 0;
  const struck = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    const fault = strikes.get(name);
    strikes.delete(name);
    if (fault === 'fails') throw new BluetickError('store_unavailable', 'The store cannot be written');
    if (fault === 'hangs') await released.promise;
    const answer = await call();
    if (fault === 'late') await released.promise;
    return answer;
  };
  const watched: Pick<Store, 'addForward' | 'claimForwards' | 'endForward'> = {
    addForward: (...args) => struck('addForward', () => store.addForward(...args)),
    claimForwards: (...args) => struck('claimForwards', () => store.claimForwards(...args)),
    async endForward(...args) {
      try {
        return await struck('endForward', () => store.endForward(...args));
      } finally {
        ends += 1;
        waiting.changed();
      }
    },
  };
  const forwarders: Forwarder[] = [];
  const another = (sharing?: Sharing) => {
    const store = { ...watched, ...(sharing && { sharing }) };
    const made = new Forwarder({ store, client, clock, scheduler, log, random: () => 0.5 });
    forwarders.push(made);
    return made;
  };
  const forwarder = another();
  forwarder.start();
  const bring = (forward: NewForward, by = forwarder) => by.keep(forward);
  const ended = async (tries: number) => {
    await waiting.for(
      () => ends >= tries,
      5000,
      () => `${tries} tries ended, had ${ends}`,
    );
  };
  return {
    time,
    store,
    forwarder,
    door,
    lines,
    another,
    bring,
    async answerTo(id, lane) {
      const kept = await bring(requestOf(id, lane));
      return kept.what === 'kept' ? (await kept.answered)?.status : 'known';
    },
    strike: (name, fault) => void strikes.set(name, fault),
    release() {
      released.resolve();
      released = Promise.withResolvers();
    },
    ended,
    async later(ms, tries) {
      await time.jump(ms);
      await ended(tries);
      await time.settle();
    },
    taken: () => door.taken.map(({ MessageSid }) => MessageSid),
    async close() {
      const stopped = forwarders.map(one => one.stop());
      await door.close();
      await Promise.all(stopped);
      await client.close();
      await store.close();
      time.restore();
      assert.ok(
        !/in-the-body|contoso|\/twilio\/inbound/.test(JSON.stringify(lines)),
        'a log shows a request',
      );
    },
  };
}

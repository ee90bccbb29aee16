import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Waiting } from '../../../../bot/simulator/waiting.ts';
import { createHookAllowList } from '../../../../middleware/acknowledgements/hooks/allowList.ts';
import { createHookClient } from '../../../../middleware/acknowledgements/hooks/hookClient.ts';
import { HookSender } from '../../../../middleware/acknowledgements/hooks/hookSender.ts';
import { createHookSigner } from '../../../../middleware/acknowledgements/hooks/signature.ts';
import { BluetickError } from '../../../../middleware/errors.ts';
import type { LedgerEvent, Scheduler, Store } from '../../../../middleware/ports.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock, systemScheduler } from '../../../../middleware/timing/systemClock.ts';
import { type ProviderCall, startWayProvider, type WayProvider } from '../../../contract/wayProvider.ts';
import type { Answer, Silence } from '../../../support/callServer.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** What a log was told. */
export interface Line {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A sender over a real store, and a receiver that checks signatures with the library's own verifier. */
export interface HookWorld {
  readonly store: Store;
  readonly sender: HookSender;
  readonly receiver: WayProvider;
  readonly lines: readonly Line[];
  /** The address of the receiver, with a path and a query that no log may show. */
  url(path?: string): string;
  /** What the receiver answers from now on; the default is 204. */
  answer(how: (call: ProviderCall) => Answer | Silence): void;
  /** Keeps a web hook to each address, and wakes the sender. */
  add(event: LedgerEvent, ...urls: string[]): Promise<void>;
  /** A second process at the same store. */
  another(random?: () => number): HookSender;
  /** Waits until the store knows how so many tries ended, and everything that follows at once has happened. */
  ended(tries: number): Promise<void>;
  /** The next call of the store fails, as it does while the disk is full. */
  breakNext(name: 'claimHooks' | 'endHook'): void;
  close(): Promise<void>;
}

/** Starts one; its sender has not been started. */
export async function startHookWorld({ random = (): number => 0.5 } = {}): Promise<HookWorld> {
  let answer = (_call: ProviderCall): Answer | Silence => ({ status: 204 });
  const receiver = await startWayProvider(call => {
    new Webhook(secret).verify(call.body, call.headers as Record<string, string>);
    return answer(call);
  });
  const store = await openSqliteStore({ path: ':memory:', thread: false });
  const lines: Line[] = [];
  const tell = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message });
  };
  const log = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const client = createHookClient({
    sign: createHookSigner([secret]),
    allowed: createHookAllowList([receiver.origin]),
    clock: systemClock,
  });
  const waiting = new Waiting();
  const broken = new Set<string>();
  let ends = 0;
  const failIfBroken = (name: string) => {
    if (broken.delete(name)) throw new BluetickError('store_unavailable', 'The store cannot be written');
  };
  const watched: Pick<Store, 'claimHooks' | 'endHook' | 'outbound'> = {
    outbound: store.outbound,
    async claimHooks(...args) {
      failIfBroken('claimHooks');
      return await store.claimHooks(...args);
    },
    async endHook(...args) {
      try {
        failIfBroken('endHook');
        await store.endHook(...args);
      } finally {
        ends += 1;
        waiting.changed();
      }
    },
  };
  const senders: HookSender[] = [];
  // The HTTP client leaves a timer of its own, so the senders' are counted apart.
  const timers = new Set<object>();
  const scheduler: Scheduler = {
    after(delayMs, task) {
      const timer = {};
      const cancel = systemScheduler.after(delayMs, () => {
        timers.delete(timer);
        task();
      });
      timers.add(timer);
      return () => {
        timers.delete(timer);
        cancel();
      };
    },
  };
  const another = (how = random) => {
    const parts = { store: watched, client, clock: systemClock, scheduler, log, random: how };
    const sender = new HookSender(parts);
    senders.push(sender);
    return sender;
  };
  const sender = another();
  return {
    store,
    sender,
    receiver,
    lines,
    another,
    url: (path = '/in-the-path') => `${receiver.origin}${path}?key=in-the-query`,
    answer: how => {
      answer = how;
    },
    async add(event, ...urls) {
      await store.addHooks(event, urls);
      sender.wake();
    },
    async ended(tries) {
      await waiting.for(
        () => ends >= tries,
        5000,
        () => `${tries} tries ended, had ${ends}`,
      );
      await settle();
    },
    breakNext: name => void broken.add(name),
    async close() {
      const stopped = senders.map(one => one.stop());
      // Ends what hangs.
      await receiver.close();
      await Promise.all(stopped);
      await client.close();
      await store.close();
      assert.equal(timers.size, 0, 'a timer was left behind');
      for (const line of lines)
        assert.ok(!JSON.stringify(line).includes('in-the-'), 'a log shows a path or a query');
    },
  };
}

/** An event of a message. */
export function event(message: string, over: object = {}): LedgerEvent {
  const at = Date.now();
  const base = { at, channel: 'meta', business: 'b1', conversation: 'c1' } as const;
  return { ...base, type: 'message.level', message, level: 'read', implied: false, ...over };
}

/** Lets everything happen that needs neither time nor the network. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}

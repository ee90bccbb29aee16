import { join } from 'node:path';
import { statusPath } from '../../middleware/channels/twilio/callbacks.ts';
import type { ForwardClient } from '../../middleware/forwarding/forwardClient.ts';
import { Forwarder } from '../../middleware/forwarding/forwarder.ts';
import type { Logger, NewForward, RawRequest, Store, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { systemClock as clock, systemScheduler as scheduler } from '../../middleware/timing/systemClock.ts';
import type { Intake } from './intake.ts';
import { PassThrough } from './passThrough.ts';
import { type SpooledRequest, SpooledRequests, type SpoolLine } from './spooledRequests.ts';
import { SpoolFile } from './spoolFile.ts';
import { settleSpooled, spooling } from './spooling.ts';

/** What Twilio's way in is made of. */
export interface TwilioIntakeParts {
  readonly channel: WebhookChannel;
  readonly engine: Pick<Engine, 'admit'>;
  readonly store: Store;
  readonly log: Logger;
  /** Where the spool lies. */
  readonly dataFolder: string;
  /** How far it may grow, in bytes. Default 64 MiB, some 30,000 requests. */
  readonly spoolLimit?: number;
  /** What passes the number's requests on; absent: nothing does. It is closed with the rest. */
  readonly forward: ForwardClient | undefined;
}

/** Twilio's way in. Twilio does not come again on every failure, so what cannot be admitted now is spooled. */
export interface TwilioIntake {
  readonly receive: Intake;
  /** The pass-through, where there is one. */
  readonly passThrough: PassThrough | undefined;
  readonly forwarder: Forwarder | undefined;
  /** Whether requests wait in the spool: the store has not all that came. */
  readonly waits: boolean;
  /** Begins with what an earlier process left. */
  start(): void;
  close(): Promise<void>;
}

/** Puts it together. It does nothing by itself before {@link TwilioIntake.start}. */
export async function createTwilioIntake(parts: TwilioIntakeParts): Promise<TwilioIntake> {
  const { channel, engine, store, log, dataFolder, spoolLimit } = parts;
  const file = await SpoolFile.open<SpoolLine>(join(dataFolder, 'twilio-spool.jsonl'), spoolLimit);
  const { forward: client } = parts;
  const forwarder = client && new Forwarder({ store, client, clock, scheduler, log, random: Math.random });
  // Without the setting it waits in the store for whoever sets it again.
  const queue = (request: NewForward) =>
    forwarder ? forwarder.queue(request) : store.addForward(request, clock.now(), 0);
  const settle = (request: SpooledRequest) => settleSpooled({ engine, queue, log }, channel, request);
  const spooled = await SpooledRequests.open({ file, clock, scheduler, log, settle });
  const passThrough = forwarder && new PassThrough({ engine, forwarder, spooled, scheduler, log });
  const admit = spooling(engine, spooled, { scheduler, log });
  return {
    async receive(from, request) {
      const ours = passThrough === undefined || isOurs(from, request);
      return ours ? admit(from, request) : passThrough.receive(from, request);
    },
    passThrough,
    forwarder,
    get waits() {
      return file.size > 0;
    },
    start() {
      const settled = spooled.start();
      if (forwarder === undefined) void settled.then(() => tellOfLeftOvers(store, log));
      else forwarder.start();
    },
    async close() {
      await forwarder?.stop();
      await spooled.stop();
      await client?.close();
    },
  };
}

/**
 * Status callbacks of our own have an address of their own, and are nobody else's business. What a customer wrote is passed
 * on also where it came to that address by mistake.
 */
function isOurs({ webhook }: WebhookChannel, request: RawRequest): boolean {
  const [path] = request.target.split('?');
  return path === statusPath && webhook.parse(request.body, request).messages.length === 0;
}

/** Somebody took the setting away while requests waited. */
async function tellOfLeftOvers(store: Pick<Store, 'countForwards'>, log: Logger): Promise<void> {
  const requests = await store.countForwards().catch(() => 0);
  if (requests > 0)
    log.warn({ requests }, 'Requests wait to be passed on, and TWILIO_FORWARD_URL is not set');
}

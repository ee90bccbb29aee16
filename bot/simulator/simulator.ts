import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetaChannelOptions } from '../../middleware/channels/meta/options.ts';
import { windowMs as documentedWindowMs } from '../../middleware/domain.ts';
import type { Clock, Scheduler } from '../../middleware/ports.ts';
import { createCloudApi, type KeptFile, type RecordedCall } from './cloudApi.ts';
import { createControl } from './control.ts';
import { messageEnvelope, statusEnvelope } from './envelopes.ts';
import { Faults } from './faults.ts';
import { Phone } from './phone.ts';
import { createPhoneDoor, type PhoneDoor } from './phoneDoor.ts';
import { PhoneReaders } from './phoneReaders.ts';
import type { PhoneEvent } from './phoneScreen.ts';
import { remember } from './recent.ts';
import { sendJson } from './requests.ts';
import { sampleCustomers } from './sampleCustomers.ts';
import { createTimers } from './timers.ts';
import { Waiting } from './waiting.ts';
import { type RetryOptions, type WebhookAttempt, WebhookSender } from './webhookSender.ts';

/** What a simulator is made with. */
export interface SimulatorOptions {
  /** Default 0: a free port. It always listens on 127.0.0.1. */
  readonly port?: number;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** The business numbers it has; the first one is the default of {@link Simulator.phone}. */
  readonly phoneNumberIds: readonly [string, ...string[]];
  /** Where webhooks go; may be set later. Until then they are dropped. */
  readonly webhookUrl?: string;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Runs typing's end, slow answers and late webhooks. Default: real timers. */
  readonly scheduler?: Scheduler;
  /** How long typing shows, in milliseconds. Default 25,000, as documented. */
  readonly typingMs?: number;
  /** How long free-form messages may be sent after the customer's latest. Default 24 hours, as documented. */
  readonly windowMs?: number;
  /** Whether `delivered` comes before `read` in an open chat. Default true; Meta may send only `read`. */
  readonly deliveredBeforeRead?: boolean;
  /**
   * Whether the business is told that a customer deleted a message. Default true: as Meta documents it for numbers that the
   * WhatsApp Business app uses too; of others it tells nothing.
   */
  readonly tellsRevokes?: boolean;
  /** How webhooks that were not answered 200 are sent again. */
  readonly retry?: RetryOptions;
}

/** A local WhatsApp Cloud API with customers' phones. */
export interface Simulator {
  /** `http://127.0.0.1:{port}` */
  readonly url: string;
  readonly port: number;
  /** What a channel needs to speak to it. */
  readonly channelOptions: MetaChannelOptions;
  /** Where webhooks go. */
  webhookUrl: string | undefined;
  /** Every call that reached the API, oldest first. */
  readonly calls: readonly RecordedCall[];
  /** Every attempt to deliver a webhook, oldest first. */
  readonly attempts: readonly WebhookAttempt[];
  readonly faults: Faults;
  /** `event`: something happened on a phone. `call`: a call reached the API. */
  readonly events: EventEmitter<{ event: [Phone, PhoneEvent]; call: [RecordedCall] }>;
  readonly phones: readonly Phone[];
  /**
   * A customer's phone, made if it is new.
   *
   * @param customer a number in digits, or a business-scoped user id for a customer who hides the number
   */
  phone(customer: string, options?: { readonly business?: string; readonly name?: string }): Phone;
  /** The routes of the phones, which also the host opens. */
  readonly phoneDoor: PhoneDoor;
  /** Ends the connections of those who read along with a phone. */
  hangUp(): void;
  /** Asks the webhook's address to repeat a challenge, as Meta does at registration (META-ENDPOINT). */
  verifyWebhook(): Promise<boolean>;
  /** Waits until the API has had `count` calls (of a kind, if given) since the start; answers them. */
  waitForCalls(
    count: number,
    deadlineMs?: number,
    kind?: RecordedCall['kind'],
  ): Promise<readonly RecordedCall[]>;
  /** Waits until something is true that depends on phones, calls or webhooks; see `Waiting.for`. */
  waitFor<T>(look: () => T | undefined | false, deadlineMs?: number): Promise<T>;
  /** Waits until no webhook is on its way. */
  idle(deadlineMs?: number): Promise<void>;
  /** Ends every call, wait, retry and timer, and frees the port. */
  close(): Promise<void>;
}

/** Starts a simulator; resolves when it listens. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { accessToken, appSecret, verifyToken, phoneNumberIds, clock = { now: () => Date.now() } } = options;
  const timers = createTimers(options.scheduler);
  const waiting = new Waiting();
  const faults = new Faults();
  const events: Simulator['events'] = new EventEmitter();
  const calls: RecordedCall[] = [];
  const files = new Map<string, KeptFile>();
  const phones = new Map<string, Phone>();
  const readers = new PhoneReaders();
  const writers = new Map<string, Phone>();
  const sender = new WebhookSender({
    appSecret,
    clock,
    timers,
    faults,
    waiting,
    ...(options.retry === undefined ? {} : { retry: options.retry }),
  });
  sender.url = options.webhookUrl;
  faults.onClear(() => {
    for (const each of new Set(phones.values())) each.releaseStatuses();
  });

  const keyOf = (business: string, customer: string) => `${business}/${customer}`;
  const phone = (business: string, customer: string, name?: string): Phone => {
    const known = phones.get(keyOf(business, customer));
    if (known !== undefined) return known;
    const made: Phone = new Phone({
      business,
      customer,
      ...(name === undefined ? {} : { name }),
      clock,
      timers,
      waiting,
      typingMs: options.typingMs ?? 25_000,
      deliveredBeforeRead: options.deliveredBeforeRead ?? true,
      tellsRevokes: options.tellsRevokes ?? true,
      sendMessages: (messages, accepted) =>
        void sender.send({
          lane: `messages/${keyOf(business, customer)}`,
          about: 'messages',
          envelope: messageEnvelope(business, made.wire, messages),
          accepted,
        }),
      sendStatus: (status, lateMs) =>
        sender.send({
          lane: `statuses/${keyOf(business, customer)}`,
          about: 'statuses',
          envelope: statusEnvelope(business, made.wire, status),
          lateMs,
        }),
      keepFile(bytes, contentType) {
        const id = String(1_000_000_000_000_000 + files.size);
        files.set(id, { bytes, contentType, business });
        return id;
      },
      issued: messageId => void writers.set(messageId, made),
      happened(event) {
        events.emit('event', made, event);
        readers.tell(made, event);
      },
    });
    // Under both of its names: a customer may be addressed by the number or by the user id.
    phones.set(keyOf(business, customer), made);
    phones.set(keyOf(business, made.wire.userId), made);
    return made;
  };

  const cloudApi = createCloudApi({
    accessToken,
    phoneNumberIds,
    clock,
    timers,
    faults,
    files,
    windowMs: options.windowMs ?? documentedWindowMs,
    url: () => url,
    phoneOf: phone,
    phoneWith(business, messageId) {
      const writer = writers.get(messageId);
      return writer?.business === business ? writer : undefined;
    },
    recorded(call) {
      remember(calls, call);
      events.emit('call', call);
      waiting.changed();
    },
  });
  const [business] = phoneNumberIds;
  const phoneDoor = createPhoneDoor({
    phone: customer => phone(business, customer, sampleCustomers.get(customer)),
    knownPhone: customer => phones.get(keyOf(business, customer)),
    files,
    readers,
  });
  const control = createControl(faults, phoneDoor);

  const server = createServer((request, response) => {
    const serve = async () => {
      if ((await control(request, response)) || (await cloudApi(request, response))) return;
      sendJson(response, 404, { error: { code: 'unknown_route', message: 'There is no such route' } });
    };
    // A caller that went away while its body was read; nobody is left to be told.
    serve().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const waitFor = <T>(look: () => T | undefined | false, deadlineMs = 5000) =>
    waiting.for(
      look,
      deadlineMs,
      () => `the API had ${calls.map(({ kind }) => kind).join(', ') || 'no calls'}`,
    );

  return {
    url,
    port,
    channelOptions: {
      name: 'simulator',
      accessToken,
      phoneNumberIds,
      appSecrets: [appSecret],
      verifyToken,
      graphUrl: `${url}/v25.0`,
    },
    get webhookUrl() {
      return sender.url;
    },
    set webhookUrl(webhookUrl) {
      sender.url = webhookUrl;
    },
    calls,
    attempts: sender.attempts,
    faults,
    events,
    get phones() {
      return [...new Set(phones.values())];
    },
    phone: (customer, { business: other = business, name } = {}) => phone(other, customer, name),
    phoneDoor,
    hangUp: () => readers.close(),
    async verifyWebhook() {
      if (sender.url === undefined) return false;
      const challenge = '1158201444';
      const target = new URL(sender.url);
      target.searchParams.set('hub.mode', 'subscribe');
      target.searchParams.set('hub.challenge', challenge);
      target.searchParams.set('hub.verify_token', verifyToken);
      const { request } = await import('undici');
      const { statusCode, body } = await request(target);
      return (await body.text()) === challenge && statusCode === 200;
    },
    waitForCalls: (count, deadlineMs, kind) =>
      waitFor(() => {
        const wanted = calls.filter(call => kind === undefined || call.kind === kind);
        return wanted.length >= count && wanted;
      }, deadlineMs),
    waitFor,
    async idle(deadlineMs = 10_000) {
      await waiting.for(
        () => sender.idle,
        deadlineMs,
        () => 'a webhook is still on its way',
      );
    },
    async close() {
      waiting.stop();
      timers.stop();
      await sender.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      events.removeAllListeners();
    },
  };
}

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Config, readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';
import { signBody } from '../../bot/simulator/envelopes.ts';
import type { Phone } from '../../bot/simulator/phone.ts';
import type { Simulator } from '../../bot/simulator/simulator.ts';
import type { Logger } from '../../middleware/ports.ts';

/** What the API answered. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
  readonly body: any;
}

/** A host with the simulator behind it, and its API. */
export interface ApiHost {
  readonly host: Host;
  readonly simulator: Simulator;
  /** The business number. */
  readonly business: string;
  readonly key: string;
  /** Asks the API, with the key unless `headers` say otherwise. */
  call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer>;
  /** Lets a customer write, and answers the conversation's id once the bot has answered. */
  conversationWith(phone: Phone): Promise<string>;
  /** Delivers the value of a change, signed as the simulator does. */
  webhook(value: object): Promise<void>;
  /** Asks again whenever something happens to a message, until the answer is what is waited for. */
  until(path: string, isThere: (body: ApiAnswer['body']) => boolean): Promise<ApiAnswer['body']>;
  /** Stops and starts on the same store; the phones and the simulator are others then. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const key = 'a-key-for-the-tests-0123456789';
const deadlineMs = 10_000;

/**
 * Starts one.
 *
 * @param change what of the settings no setting says
 * @param log where its lines go. Default nowhere
 */
export async function startApiHost(
  settings: NodeJS.ProcessEnv = {},
  change = (config: Config) => config,
  log: Logger = pino({ level: 'silent' }),
): Promise<ApiHost> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-api-'));
  const config = change(readConfig({ PORT: '0', BLUETICK_DATA: folder, BLUETICK_API_KEY: key, ...settings }));
  const start = () => startHost(config, log);
  let host = await start();

  const simulatorOf = (): Simulator => {
    if (host.app.simulator === undefined) throw new Error('the simulator is off');
    return host.app.simulator;
  };
  const call: ApiHost['call'] = async (method, path, body, headers = { 'x-api-key': key }) => {
    const answer = await fetch(`${host.url}/api/v1${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const until: ApiHost['until'] = async (path, isThere) => {
    const happened = new EventEmitter();
    const stop = host.app.engine.onLedger(event => void happened.emit('event', event));
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      for (;;) {
        // Before it is asked, so that nothing is missed.
        const next = once(happened, 'event', { signal });
        const { body } = await call('GET', path);
        if (isThere(body)) {
          next.catch(() => {});
          return body;
        }
        await next.catch(() => assert.fail(`${path} stays ${JSON.stringify(body)}`));
      }
    } finally {
      stop();
    }
  };
  return {
    get host() {
      return host;
    },
    get simulator() {
      return simulatorOf();
    },
    get business() {
      return String(simulatorOf().channelOptions.phoneNumberIds[0]);
    },
    key,
    call,
    until,
    async conversationWith(phone) {
      const answered = phone.messages.filter(({ from }) => from === 'business').length;
      phone.say('hello');
      await phone.waitFor(
        ({ messages }) => messages.filter(({ from }) => from === 'business').length > answered,
        deadlineMs,
      );
      await simulatorOf().idle();
      const { business, customer } = phone;
      const found = await host.app.store.conversation({ channel: 'simulator', business, customer });
      return String(found?.id);
    },
    async webhook(value) {
      const { phoneNumberIds, appSecrets } = simulatorOf().channelOptions;
      const metadata = { phone_number_id: phoneNumberIds[0] };
      const body = JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ changes: [{ field: 'messages', value: { metadata, ...value } }] }],
      });
      const headers = { 'x-hub-signature-256': signBody(body, String(appSecrets[0])) };
      const answer = await fetch(`${host.url}/webhooks/simulator`, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`the webhook was answered ${answer.status}`);
    },
    async restart() {
      await host.close();
      host = await start();
    },
    async close() {
      await host.close();
      await rm(folder, { recursive: true });
    },
  };
}

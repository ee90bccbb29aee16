import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import type { RelayPace } from '../../bot/copilot/relay/relayPace.ts';
import { type Host, startHost } from '../../bot/host.ts';
import type { Phone } from '../../bot/simulator/phone.ts';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import { type HostProcess, startHostProcess } from './hostProcess.ts';
import { readStream } from './streamClient.ts';

const secrets = {
  accessToken: 'EAAG-the-access-token',
  appSecret: 'the-app-secret-0123456789abcdef',
  verifyToken: 'the-verify-token',
};
const apiKey = 'a-key-for-the-tests-0123456789';

/** Quick enough for tests, and long enough for an answer in several parts. */
const pace: RelayPace = { pollMs: 15, quietMs: 80, typingMs: 400, limitMs: 5000 };

/** Hosts whose bot is the relay, one after another on the same data, with customers' phones that outlive them. */
export interface RelayWorld {
  readonly simulator: Simulator;
  /** Everything that the hosts have logged, at the level `debug`; not those in processes of their own. */
  readonly log: string;
  start(changed?: Partial<RelayPace>): Promise<Host>;
  /** Starts a host in a process of its own, which waits for the agent as the relay does where nothing is set. */
  startProcess(): Promise<HostProcess>;
  /** Ends the host that runs; of one in a process of its own nothing may be under way. */
  stop(): Promise<void>;
  /** Waits until the hosts have logged something. */
  logged(pattern: RegExp): Promise<void>;
  /** A customer nobody has heard of before. */
  newPhone(): Phone;
  /** What the business said, waiting until it is so many messages. */
  answers(phone: Phone, count: number): Promise<readonly (string | undefined)[]>;
  /** Asks the API of the host. */
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
  api(method: 'GET' | 'POST', path: string, body?: object): Promise<any>;
  /** The conversation that somebody else than the bot has, once there is one. */
  handedOver(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Builds one; no host runs yet.
 *
 * @param addresses where the agent is
 * @param policy the default policy
 */
export async function relayWorld(
  { tokenUrl, directLineUrl }: { readonly tokenUrl: string; readonly directLineUrl: string },
  policy: object = {},
): Promise<RelayWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-relay-'));
  await writeFile(join(folder, 'policy.json'), JSON.stringify({ default: policy }));
  const phoneNumberId = '106540352242922';
  const simulator = await createSimulator({ ...secrets, phoneNumberIds: [phoneNumberId] });
  const settings = {
    PORT: '0',
    HOST: '127.0.0.1',
    META_ACCESS_TOKEN: secrets.accessToken,
    META_PHONE_NUMBER_ID: phoneNumberId,
    META_APP_SECRET: secrets.appSecret,
    META_VERIFY_TOKEN: secrets.verifyToken,
    META_GRAPH_URL: simulator.channelOptions.graphUrl ?? '',
    BLUETICK_API_KEY: apiKey,
    BLUETICK_DATA: join(folder, 'data'),
    BLUETICK_POLICY: join(folder, 'policy.json'),
    DIRECT_LINE_TOKEN_URL: tokenUrl,
    DIRECT_LINE_URL: directLineUrl,
  };
  const config = readConfig(settings);
  let host: Host | undefined;
  let program: HostProcess | undefined;
  let log = '';
  let customers = 0;
  const logged = new EventEmitter();
  const write = (line: string) => {
    log += line;
    logged.emit('line');
  };
  const logger = pino({ level: 'debug' }, { write });
  const stop = async () => {
    await host?.close();
    await program?.end('SIGTERM');
    host = program = undefined;
  };
  const headers = { 'x-api-key': apiKey };
  const urlOf = () => String((host ?? program)?.url);
  const hearsOf = (url: string) => {
    simulator.webhookUrl = `${url}/webhooks/meta`;
  };
  const api: RelayWorld['api'] = async (method, path, body) => {
    const answer = await fetch(`${urlOf()}/api/v1${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  return {
    simulator,
    get log() {
      return log;
    },
    async start(changed) {
      if (config.relay === undefined) throw new Error('the relay is off');
      host = await startHost(
        { ...config, relay: { ...config.relay, pace: { ...pace, ...changed } } },
        logger,
      );
      hearsOf(host.url);
      return host;
    },
    async startProcess() {
      program = await startHostProcess(settings);
      hearsOf(program.url);
      return program;
    },
    stop,
    async logged(pattern) {
      const signal = AbortSignal.timeout(10_000);
      while (!pattern.test(log)) await once(logged, 'line', { signal });
    },
    newPhone() {
      customers += 1;
      return simulator.phone(`4915550${String(100_000 + customers)}`);
    },
    async answers(phone, count) {
      const said = () => phone.messages.filter(({ from }) => from === 'business').map(({ text }) => text);
      await simulator.waitFor(() => said().length >= count, 10_000);
      return said();
    },
    api,
    async handedOver() {
      const stream = await readStream(urlOf(), { headers });
      try {
        await stream.until(({ type }) => type === 'ready');
        const { items } = await api('GET', '/conversations');
        const isElsewhere = ({ holder = 'bot' }: { readonly id: string; readonly holder?: string }) =>
          holder !== 'bot';
        const found = items.find(isElsewhere);
        return found?.id ?? (await stream.until(isElsewhere, 'a hand-off')).conversation;
      } finally {
        await stream.drop();
      }
    },
    async close() {
      await stop();
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Config, readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';
import type { Phone } from '../../bot/simulator/phone.ts';
import type { Simulator } from '../../bot/simulator/simulator.ts';
import type { WebhookAttempt } from '../../bot/simulator/webhookSender.ts';
import { Link } from '../fault/link.ts';
import { businesses, layGround } from '../fault/place.ts';
import { testDatabase } from './postgres.ts';

/** One of several hosts on one database. */
export interface TestInstance {
  readonly host: Host;
  readonly url: string;
  /** Asks the API, with the key unless `headers` say otherwise. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Lets a customer write; resolves when this host has answered the webhook, the status of it. */
  take(phone: Phone, text: string): Promise<number>;
  /** What a page of operations answers: its status. */
  status(path: '/healthz' | '/readyz'): Promise<number>;
}

/** Several hosts on one database, and one provider. */
export interface ManyHosts {
  readonly simulator: Simulator;
  readonly business: string;
  readonly key: string;
  /** The link from all hosts to the database. */
  readonly link: Link;
  /** The link from all hosts to the provider. */
  readonly provider: Link;
  readonly all: readonly TestInstance[];
  /** Looks again and again until it is true; rejects after some seconds. */
  until(look: () => unknown): Promise<void>;
  close(): Promise<void>;
}

/** How soon something counts as away, so that a test of that takes moments. */
export const quickPatience = { connectMs: 2000, statementMs: 800, answerMs: 1000, lineMs: 800, lockMs: 2000 };

const deadlineMs = 12_000;

/**
 * Starts some hosts on a database of their own.
 *
 * @param settings beside those of the provider and the database
 */
export async function startHosts(
  count: number,
  settings: Readonly<Record<string, string>> = {},
  patience: NonNullable<Config['database']>['patience'] = {},
): Promise<ManyHosts> {
  // Loaded first: while it loads nobody looks at answers, and quick patience would end.
  await Promise.all([import('../../bot/composition.ts'), import('../../bot/server.ts')]);
  const ground = await layGround();
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-instances-'));
  const database = new URL(await testDatabase());
  const link = await Link.before(Number(database.port));
  database.port = String(link.port);
  const key = String(ground.settings.BLUETICK_API_KEY);
  const hosts: Host[] = [];
  for (let index = 0; index < count; index += 1) {
    const config = readConfig({
      ...ground.settings,
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: database.href,
      BLUETICK_DATA: join(folder, `${index}`),
      ...settings,
    });
    const set = config.database && { database: { ...config.database, connections: 4, patience } };
    hosts.push(await startHost({ ...config, ...set }, pino({ level: 'silent' })));
  }
  return {
    simulator: ground.simulator,
    business: businesses.plain,
    key,
    link,
    provider: ground.link,
    all: hosts.map(host => instanceOf(host, key, ground.simulator)),
    async until(look) {
      const signal = AbortSignal.timeout(deadlineMs);
      while (!(await look())) {
        signal.throwIfAborted();
        await new Promise(resolve => setTimeout(resolve, 20));
      }
    },
    async close() {
      await Promise.all(hosts.map(host => host.close()));
      await Promise.all([link.close(), ground.link.close(), ground.simulator.close()]);
      await Promise.all([folder, ground.folder].map(each => rm(each, { recursive: true, force: true })));
    },
  };
}

function instanceOf(host: Host, key: string, simulator: Simulator): TestInstance {
  const url = `http://127.0.0.1:${host.port}`;
  return {
    host,
    url,
    call: (method, path, body, headers = { 'x-api-key': key }) =>
      fetch(`${url}/api/v1${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async take(phone, text) {
      simulator.webhookUrl = `${url}/webhooks/meta`;
      const before = simulator.attempts.length;
      phone.say(text);
      const isIt = ({ about, body }: WebhookAttempt) => about === 'messages' && body.includes(text);
      const attempt = await simulator.waitFor(() => simulator.attempts.slice(before).find(isIt));
      return attempt.status ?? 0;
    },
    async status(path) {
      const answer = await fetch(`${url}${path}`);
      await answer.arrayBuffer();
      return answer.status;
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { usualConnections } from './compareServers.ts';

/** A webhook that is sent. */
export interface PacedWebhook {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** When one was to be sent, and when it was accepted, by `performance.now()`. */
export interface Accepted<T> {
  readonly sent: T;
  readonly dueAt: number;
  readonly acceptedAt: number;
}

/** What a load came to. */
export interface Paced<T> {
  readonly accepted: readonly Accepted<T>[];
  /** Those that had not been sent a second after the last was to be, as too many waited before them. */
  readonly left: number;
  /** Accepted ones a second, over the time that it was sent for. */
  readonly rate: number;
}

/** How long what came late may go on. */
const graceMs = 1000;

/**
 * Sends webhooks at random moments, as calls come in at a switchboard: none waits for the answer to the one before, but for
 * a connection. Their times count from the moment at which they were to be sent, so that a host that falls behind cannot hide
 * it.
 *
 * @param webhooks in their order
 * @param aSecond how many of them, on average
 */
export async function sendPaced<T extends PacedWebhook>(
  port: number,
  webhooks: readonly T[],
  { aSecond, random }: { aSecond: number; random: () => number },
): Promise<Paced<T>> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: usualConnections });
  const accepted: Accepted<T>[] = [];
  const waiting: Omit<Accepted<T>, 'acceptedAt'>[] = [];
  const under = new Set<Promise<void>>();
  const send = async ({ sent, dueAt }: Omit<Accepted<T>, 'acceptedAt'>): Promise<void> => {
    const headers = { 'content-type': 'application/json', ...sent.headers };
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/webhooks/meta',
      headers,
      body: sent.body,
    });
    accepted.push({ sent, dueAt, acceptedAt: performance.now() });
    await body.dump();
    if (statusCode !== 200) throw new Error(`The host answered ${statusCode}`);
  };
  const sendOn = () => {
    while (under.size < usualConnections) {
      const next = waiting.shift();
      if (next === undefined) return;
      const sending = send(next).finally(() => {
        under.delete(sending);
        sendOn();
      });
      under.add(sending);
    }
  };
  try {
    const begin = performance.now();
    let dueAt = begin;
    for (const sent of webhooks) {
      dueAt += (-Math.log(1 - random()) * 1000) / aSecond;
      const wait = dueAt - performance.now();
      if (wait > 1) await delay(wait);
      waiting.push({ sent, dueAt });
      sendOn();
    }
    while (under.size > 0 && performance.now() < dueAt + graceMs) await Promise.race(under);
    const left = waiting.splice(0).length;
    await Promise.all(under);
    return { accepted, left, rate: accepted.length / ((performance.now() - begin) / 1000) };
  } finally {
    await pool.close();
  }
}

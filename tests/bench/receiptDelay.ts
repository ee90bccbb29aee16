import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { metaSettings, startHost } from './host.ts';
import { startMetaProvider } from './metaProvider.ts';
import { percentile, type Row, type Section } from './report.ts';
import { seeded, signedWebhook } from './samples.ts';

/** The host's own numbers: each may make 80 calls a second, and an event makes two, the receipt and the reply. */
const businesses = Array.from({ length: 20 }, (_, number) => String(106_540_352_242_900 + number));
const idle = { events: 200, eventsASecond: 20 };
const busy = { events: 3000, eventsASecond: 300 };
const warmUp = { events: 300, eventsASecond: 100 };
const receiptWithinMs = 30_000;

/** When one event was accepted, and when the call of its receipt came in at the provider's. */
interface Times {
  readonly sentAt: number;
  readonly acceptedAt: number;
  readonly calledAt: number;
}

/** How soon after its message was accepted a receipt's call leaves. */
export async function benchReceiptDelay(folder: string): Promise<Section> {
  const provider = await startMetaProvider();
  const host = await startHost(folder, metaSettings(provider.url, businesses));
  const pool = new Pool(`http://127.0.0.1:${host.said[0]}`, { connections: 64 });
  const random = seeded(3);

  const send = async (): Promise<Omit<Times, 'calledAt'> & { id: string }> => {
    const business = businesses[Math.floor(random() * businesses.length)];
    const { ids, body, headers } = signedWebhook(1, random, business);
    const sentAt = performance.now();
    const { statusCode, body: answer } = await pool.request({
      method: 'POST',
      path: '/webhooks/meta',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const acceptedAt = performance.now();
    await answer.dump();
    if (statusCode !== 200) throw new Error(`The host answered ${statusCode}`);
    return { id: String(ids[0]), sentAt, acceptedAt };
  };

  const measure = async ({ events, eventsASecond }: typeof idle): Promise<Times[]> => {
    const begin = performance.now();
    const sent: ReturnType<typeof send>[] = [];
    let next = begin;
    for (let event = 0; event < events; event += 1) {
      // As calls come in at a switchboard: the gaps are random, and nobody waits for the answer to the one before.
      next += (-Math.log(1 - random()) * 1000) / eventsASecond;
      const wait = next - performance.now();
      if (wait > 1) await delay(wait);
      sent.push(send());
    }
    const accepted = await Promise.all(sent);
    const deadline = performance.now() + receiptWithinMs;
    while (!accepted.every(({ id }) => provider.receipts.has(id))) {
      if (performance.now() > deadline) throw new Error('A receipt was not sent in time');
      await delay(10);
    }
    return accepted.map(({ id, sentAt, acceptedAt }) => ({
      sentAt,
      acceptedAt,
      calledAt: Number(provider.receipts.get(id)),
    }));
  };

  try {
    await measure(warmUp);
    const rows = [
      ...rowsOf('idle', await measure(idle)),
      ...rowsOf(`${busy.eventsASecond} events a second`, await measure(busy)),
    ];
    return {
      title: 'From acceptance to the receipt’s call',
      shape: `The host as \`npm start\` runs it, with Meta's channel for ${businesses.length} numbers, the sample bot that answers
each message, and a provider on loopback that answers at once. One message a webhook, at random moments: idle
${idle.eventsASecond} a second, and ${busy.eventsASecond} a second. Sender and provider are one process beside it. Accepted: the sender has the
200; leaves: the provider has the call. All receipts are due at once.`,
      beside:
        'group commit answers 3,000 statuses a second with a p99 of 1.9 to 2.2 ms; nothing is on record for receipts.',
      rows,
    };
  } finally {
    await pool.close();
    await host.end();
    await provider.close();
  }
}

function rowsOf(load: string, times: readonly Times[]): Row[] {
  const row = (what: string, figures: readonly number[]): Row => ({
    what: `${load}: ${what}`,
    value: `p50 ${percentile(figures, 0.5).toFixed(1)} ms, p99 ${percentile(figures, 0.99).toFixed(1)} ms`,
  });
  return [
    row(
      'accepted → the receipt’s call',
      times.map(({ acceptedAt, calledAt }) => calledAt - acceptedAt),
    ),
    row(
      'webhook sent → accepted',
      times.map(({ sentAt, acceptedAt }) => acceptedAt - sentAt),
    ),
  ];
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ConnectionReport } from '../domain.ts';
import { describeError } from '../errors.ts';
import type { Channel, Logger, Scheduler, Store } from '../ports.ts';
import type { CallGate } from './callGate.ts';

const form = z.object({ up: z.boolean(), because: z.string(), at: z.number() });

/** How often it is looked for what others were told. */
const lookEveryMs = 2000;
/** How often a report is written again that another instance was quicker with. */
const tries = 5;

/** What {@link SharedReports} work with. */
export interface SharedReportsParts {
  readonly store: Pick<Store, 'readState' | 'writeState'>;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly gate: Pick<CallGate, 'heed'>;
}

/**
 * What gateways of linked devices said last of their own links to WhatsApp, in the store: a report reaches one instance, and
 * concerns the calls of all. Nobody waits for it, and nothing fails by it.
 */
export class SharedReports implements Pick<CallGate, 'heed'> {
  readonly #parts: SharedReportsParts;
  /** The numbers that may be told of, by the key of what was. */
  readonly #numbers: ReadonlyMap<string, readonly [Channel, business: string]>;
  #cancel = () => {};
  #stopped = false;

  constructor(channels: readonly Channel[], parts: SharedReportsParts) {
    this.#parts = parts;
    const linked = channels.filter(({ capabilities }) => capabilities.unofficial !== undefined);
    this.#numbers = new Map(
      linked.flatMap(channel =>
        channel.businesses.map(business => [keyOf(channel, business), [channel, business]] as const),
      ),
    );
  }

  /** This instance was told: see {@link CallGate.heed}. */
  heed(channel: Channel, report: ConnectionReport): void {
    const { gate, log } = this.#parts;
    gate.heed(channel, report);
    const key = keyOf(channel, report.business);
    if (!this.#numbers.has(key)) return;
    this.#keep(key, report).catch(error => {
      const fields = { channel: channel.name, ...describeError(error) };
      log.warn(fields, 'Other instances are not told of a provider’s link to WhatsApp');
    });
  }

  /** Begins to look for what the others were told. */
  start(): void {
    if (this.#numbers.size > 0) this.#wait();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#cancel = this.#parts.scheduler.after(lookEveryMs, () => {
      // A store that is away is told of by whoever needs it.
      void this.#look()
        .catch(() => {})
        .finally(() => this.#wait());
    });
  }

  async #look(): Promise<void> {
    for (const { key, json } of await this.#parts.store.readState([...this.#numbers.keys()])) {
      const number = this.#numbers.get(key);
      if (number === undefined) continue;
      const [channel, business] = number;
      this.#parts.gate.heed(channel, { business, ...form.parse(JSON.parse(json)) });
    }
  }

  /** Keeps a report, unless a later one is kept. */
  async #keep(key: string, { up, because, at }: ConnectionReport): Promise<void> {
    const { store } = this.#parts;
    for (let left = tries; left > 0; left -= 1) {
      const [kept] = await store.readState([key]);
      if (kept !== undefined && form.parse(JSON.parse(kept.json)).at > at) return;
      const to = { json: JSON.stringify({ up, because, at }), eTag: randomUUID() };
      // An item that is not there has every eTag: one that nobody gives keeps two first ones apart.
      const { conflicts } = await store.writeState([{ key, to, expected: kept?.eTag ?? 'none' }]);
      if (conflicts.length === 0) return;
    }
  }
}

/** Beside what bots remember. */
function keyOf({ name }: Pick<Channel, 'name'>, business: string): string {
  return `bluetick/connections/${name}/${business}`;
}

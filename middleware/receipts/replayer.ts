import { isDeepStrictEqual } from 'node:util';
import type { Holder } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { Acknowledged, Channel, Replayed, WebhookChannel } from '../ports.ts';
import type { AdmissionReport, Admitter } from './admitter.ts';
import type { EngineParts } from './engineParts.ts';

/** What became of something that was set aside, when it was tried again. */
export type Replay =
  | { readonly what: 'status'; readonly acknowledged: Acknowledged }
  /** A turn, a message or a request to pass on is due again; or, not revived, it has been superseded since. */
  | { readonly what: 'turn' | 'outbound' | 'forward'; readonly revived: boolean }
  /** Its channel has read an item of a webhook again: what it came to, and why it could not be read, if so. */
  | { readonly what: 'webhook-item'; readonly report: AdmissionReport; readonly rejected?: string };

/** Tries again, on somebody's word, what was set aside: statuses, dead turns and messages, items of webhooks. */
export class Replayer {
  readonly #parts: EngineParts;
  readonly #admitter: Admitter;
  readonly #firstHolder: Holder;

  /** @param runsTurns as of the {@link Admitter} */
  constructor(parts: EngineParts, admitter: Admitter, runsTurns: boolean) {
    this.#parts = parts;
    this.#admitter = admitter;
    this.#firstHolder = runsTurns ? 'bot' : 'queue';
  }

  /**
   * Tries one thing again.
   *
   * @param id of an orphan, of a status in quarantine, or of a dead letter
   * @returns `undefined` if there is nothing of this id
   * @throws BluetickError `unsupported` if the channel of a webhook's item is off, or cannot read an item again;
   *   `store_unavailable`
   */
  async replay(id: string): Promise<Replay | undefined> {
    const { store, clock, channels, dispatcher, hooks, ledger } = this.#parts;
    const now = clock.now();
    const firstHolder = this.#firstHolder;
    const businesses = Object.fromEntries([...channels].map(([name, channel]) => [name, channel.businesses]));
    const batch = { shared: firstHolder === 'queue', firstHolder, hooks, businesses, now };
    const replayed = await store.replay(id, batch);
    switch (replayed?.what) {
      case 'webhook-item':
        return this.#readAgain(id, replayed);
      case 'status': {
        const { acknowledged } = replayed;
        if (acknowledged.what === 'applied') {
          ledger.applied(acknowledged);
        }
        return replayed;
      }
      case 'turn':
      case 'outbound':
        dispatcher.wakeAt(now);
        return replayed;
      case 'forward':
        return replayed;
      default:
        return undefined;
    }
  }

  async #readAgain(id: string, letter: Extract<Replayed, { what: 'webhook-item' }>): Promise<Replay> {
    const channel = this.#parts.channels.get(letter.channel);
    const events = channel && isWebhookChannel(channel) && channel.webhook.reread?.(letter.item);
    if (!events) {
      const message = 'The channel is off, or cannot read a single item again';
      throw new BluetickError('unsupported', message);
    }
    const report = await this.#admitter.admit(channel, events);
    const [again] = events.rejected;
    // What was set aside anew has a letter of its own, unless it is the very item.
    if (!events.rejected.some(({ item }) => isDeepStrictEqual(item, letter.item)))
      await this.#parts.store.dropLetter(id);
    return { what: 'webhook-item', report, ...(again && { rejected: again.reason }) };
  }
}

function isWebhookChannel(channel: Channel): channel is WebhookChannel {
  return 'webhook' in channel;
}

import type { Agent } from 'undici';
import type { Clock } from '../../middleware/ports.ts';
import { signBody } from './envelopes.ts';
import type { Faults } from './faults.ts';
import { remember } from './recent.ts';
import type { Timers } from './timers.ts';
import type { Waiting } from './waiting.ts';

/** How a webhook that was not answered 200 is sent again. */
export interface RetryOptions {
  /** How many times it is sent at most. Meta goes on for 7 days; default here 10. */
  readonly attempts?: number;
  /** The wait before the third attempt, in milliseconds, doubled each time; the second is immediate. Default 50. */
  readonly firstMs?: number;
  /** The longest wait, in milliseconds. Default 2000. */
  readonly longestMs?: number;
  /** How long one attempt may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
}

/** One attempt to deliver a webhook. */
export interface WebhookAttempt {
  readonly at: number;
  readonly about: 'messages' | 'statuses';
  readonly body: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** The HTTP status; absent where there was no answer. */
  readonly status?: number;
}

/** A webhook to deliver. */
export interface OutgoingWebhook {
  /** Webhooks of one lane leave in order; a retry waits for nobody and nobody waits for it. */
  readonly lane: string;
  readonly about: 'messages' | 'statuses';
  readonly envelope: object;
  /** How long it is on its way, in milliseconds; others overtake it. Default 0. */
  readonly lateMs?: number;
  /** Called when it was first answered 200. */
  readonly accepted?: () => void;
}

/** What the sender works with. */
export interface WebhookSenderParts {
  readonly appSecret: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly faults: Faults;
  readonly waiting: Waiting;
  readonly retry?: RetryOptions;
}

/**
 * Delivers webhooks as Meta does (META-WEBHOOKS): signed, and again until answered 200, at once the first time
 * and then less and less often.
 */
export class WebhookSender {
  /** Where webhooks go. Without it they are dropped: nobody is subscribed. */
  url: string | undefined;
  /** Every attempt, oldest first. */
  readonly attempts: WebhookAttempt[] = [];
  readonly #parts: WebhookSenderParts;
  #agent: Promise<Agent> | undefined;
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #collected: OutgoingWebhook[] = [];
  #underWay = 0;

  constructor(parts: WebhookSenderParts) {
    this.#parts = parts;
    parts.faults.onClear(() => {
      for (const webhook of this.#collected.splice(0)) void this.#inLane(webhook);
    });
  }

  /** Whether nothing is on its way. What a `reverse` fault collects is not, until it is complete or cleared. */
  get idle(): boolean {
    return this.#underWay === 0;
  }

  /**
   * Sends a webhook, or lets a fault have it.
   *
   * @returns what resolves when it has been tried once; at once where it is not to be tried yet, or never
   */
  async send(webhook: OutgoingWebhook): Promise<void> {
    if (this.url === undefined) return;
    const fault = this.#parts.faults.takeWebhook(webhook.about);
    switch (fault?.type) {
      case undefined:
        return this.#setOut(webhook);
      case 'drop':
        return;
      case 'repeat':
        await Promise.all(Array.from({ length: fault.more + 1 }, () => this.#setOut(webhook)));
        return;
      case 'late':
        return this.#setOut({ ...webhook, lateMs: fault.ms });
      case 'reverse':
        this.#collected.push(webhook);
        if (this.#collected.length >= fault.count) {
          for (const one of this.#collected.splice(0).reverse())
            void this.#inLane({ ...one, lane: 'reversed' });
        }
    }
  }

  /** Stops everything. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#collected = [];
    await (await this.#agent)?.destroy();
  }

  async #setOut(webhook: OutgoingWebhook): Promise<void> {
    const { lateMs = 0 } = webhook;
    if (lateMs === 0) return this.#inLane(webhook);
    this.#track(this.#parts.timers.pause(lateMs).then(() => this.#deliver(webhook)));
  }

  async #inLane(webhook: OutgoingWebhook): Promise<void> {
    const before = this.#lanes.get(webhook.lane) ?? Promise.resolve();
    const first = before.then(() => this.#attempt(webhook, 1));
    const tried = first.then(() => {});
    this.#lanes.set(webhook.lane, tried);
    this.#track(first.then(taken => (taken ? undefined : this.#deliver(webhook, 2))));
    return tried;
  }

  #track(work: Promise<void>): void {
    this.#underWay++;
    void work.finally(() => {
      this.#underWay--;
      this.#parts.waiting.changed();
    });
  }

  async #deliver(webhook: OutgoingWebhook, from = 1): Promise<void> {
    const { attempts = 10, firstMs = 50, longestMs = 2000 } = this.#parts.retry ?? {};
    for (let attempt = from; attempt <= attempts; attempt++) {
      if (attempt > 2) await this.#parts.timers.pause(Math.min(firstMs * 2 ** (attempt - 3), longestMs));
      if (await this.#attempt(webhook, attempt)) return;
    }
  }

  /** Answers whether it was taken, or there is no point in trying again. */
  async #attempt({ about, envelope, accepted }: OutgoingWebhook, attempt: number): Promise<boolean> {
    const { appSecret, clock, waiting } = this.#parts;
    const url = this.url;
    if (url === undefined || this.#closing.signal.aborted) return true;
    const body = JSON.stringify(envelope);
    const at = clock.now();
    const status = await this.#post(url, body, signBody(body, appSecret));
    remember(this.attempts, { at, about, body, attempt, ...(status === undefined ? {} : { status }) });
    if (status === 200) accepted?.();
    waiting.changed();
    return status === 200;
  }

  async #post(url: string, body: string, signature: string): Promise<number | undefined> {
    const late = AbortSignal.timeout(this.#parts.retry?.timeoutMs ?? 10_000);
    try {
      const { origin, pathname, search } = new URL(url);
      this.#agent ??= openAgent();
      const answer = await (await this.#agent).request({
        origin,
        path: pathname + search,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
        body,
        signal: AbortSignal.any([late, this.#closing.signal]),
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return undefined;
    }
  }
}

/** undici is loaded with the first webhook: a start has no use for it. */
async function openAgent(): Promise<Agent> {
  const { Agent } = await import('undici');
  return new Agent({ headersTimeout: 0, bodyTimeout: 0 });
}

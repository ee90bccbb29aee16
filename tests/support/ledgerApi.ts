import type { Level, ReportedLevel } from '../../middleware/domain.ts';
import type { HostProcess } from './hostProcess.ts';

/** An outbound message, as far as the API's shape is fixed. */
export interface MessageView {
  readonly id: string;
  readonly ref: string;
  readonly channel: string;
  readonly conversation: string;
  readonly level: Level;
  /** In ISO 8601. */
  readonly at: Partial<Record<ReportedLevel, string>>;
  readonly implied: readonly ReportedLevel[];
  readonly failures: readonly { readonly code: string; readonly detail?: string; readonly at: string }[];
}

/** A page of one of the API's listings. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** Asks a host what became of its messages. */
export class LedgerApi {
  readonly #host: () => Pick<HostProcess, 'url'>;
  readonly #key: string;

  /** @param host asked anew each time: one host may follow another */
  constructor(host: () => Pick<HostProcess, 'url'>, key: string) {
    this.#host = host;
    this.#key = key;
  }

  /** An answer of the API: its status and its body. */
  async ask<Body>(path: string, body?: object): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${this.#host().url}/api/v1/${path}`, {
      headers: { 'x-api-key': this.#key, 'content-type': 'application/json' },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** A message by its id; `undefined` while the host does not know it. */
  async message(id: string): Promise<MessageView | undefined> {
    const { status, body } = await this.ask<MessageView>(`messages/${encodeURIComponent(id)}`);
    return status === 200 ? body : undefined;
  }

  /** The items of a listing's first page of 100. */
  async list<Item>(path: string): Promise<readonly Item[]> {
    return (await this.ask<Listing<Item>>(`${path}?limit=100`)).body.items;
  }

  /** Asks for a message until it is as it should be: a call's answer is written after whoever waits for it saw it. */
  async until(id: string, isSo: (view: MessageView) => boolean, deadlineMs = 10_000): Promise<MessageView> {
    const late = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const view = await this.message(id);
      if (view !== undefined && isSo(view)) return view;
      if (late.aborted)
        throw new Error(`Not within ${deadlineMs} ms: the message is ${JSON.stringify(view)}`);
    }
  }
}

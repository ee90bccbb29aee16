import type { ForwardRequest } from '../ports.ts';

/** An answer, as much of it as is relayed: of one that is too long only the status. */
export interface RelayedAnswer {
  readonly status: number;
  /** What says how to read the body: `content-type` and `content-encoding`, where they came. */
  readonly headers: Readonly<Record<string, string>>;
  /** Byte by byte. */
  readonly body: Buffer;
}

/**
 * What became of one try.
 *
 * - `taken`: it was answered 2xx, and is done.
 * - `refused`: it was answered that this request will never be taken.
 * - `failed`: not taken now. `ours` where somebody has to look after it here: the address or the signature is not the one
 *   that is expected there.
 */
export type ForwardTry =
  | { readonly what: 'taken'; readonly answer: RelayedAnswer }
  | { readonly what: 'refused'; readonly code: string; readonly answer: RelayedAnswer }
  | {
      readonly what: 'failed';
      /** `http_<status>`, `timeout`, `network` or `aborted`. */
      readonly code: string;
      readonly ours: boolean;
      /** How long we were asked to wait, in milliseconds. */
      readonly retryAfterMs: number | undefined;
    };

/** Passes requests on to somebody. */
export interface ForwardClient {
  /** Makes one try, of 10 s at most. Never rejects. */
  send(request: ForwardRequest, signal: AbortSignal): Promise<ForwardTry>;
  /** Waits for what is under way, and closes the connections. */
  close(): Promise<void>;
}

/** An event of the stream: see `docs/stream.md`. */
export interface LiveEvent {
  readonly id: string;
  readonly type: string;
  readonly at?: string;
  readonly conversation?: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

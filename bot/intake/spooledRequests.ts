import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { describeError, isBluetickError } from '../../middleware/errors.ts';
import type { ForwardTry } from '../../middleware/forwarding/forwardClient.ts';
import { passedHeaders } from '../../middleware/forwarding/passedHeaders.ts';
import type { Clock, Logger, RawRequest, Scheduler } from '../../middleware/ports.ts';
import { Lanes } from './lanes.ts';
import type { SpoolFile } from './spoolFile.ts';

/** How soon a store that was away is tried again. */
const retryMs = 2000;
/** Requests that are settled at once: they share the store's commits. */
const settledAtOnce = 50;

/** A request that waits in the spool. */
export interface SpooledRequest {
  readonly request: RawRequest;
  /** Whose order it keeps, where it has to be passed on, which the store does not know. */
  readonly lane: string | undefined;
  /** Whether it has been passed on since. */
  readonly passed: boolean;
}

const texts = z.record(z.string(), z.string());
const requestLine = z.object({
  id: z.string(),
  headers: texts,
  query: texts,
  target: z.string(),
  receivedAt: z.int(),
  body: z.base64(),
  lane: z.string().optional(),
});
type RequestLine = z.output<typeof requestLine>;
const lineForm = z.union([requestLine, z.object({ passed: z.string() })]);

/** A line of the file: a request, or that one has been passed on. */
export type SpoolLine = z.output<typeof lineForm>;

/** What it needs from the outside. */
export interface SpooledRequestsParts {
  readonly file: SpoolFile<SpoolLine>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /**
   * Does with a request what was left to do, once the store is back. It may be called again for one that it has done.
   *
   * @throws BluetickError `store_unavailable`: it is away still, everything is tried again later
   */
  readonly settle: (spooled: SpooledRequest) => Promise<void>;
}

/** The requests that came while the store was away: on the disk until it has them, in the order in which they came. */
export class SpooledRequests {
  readonly #parts: SpooledRequestsParts;
  /** Those that are to be passed on. */
  readonly #lanes = new Lanes();
  /** The tries to pass one on that are under way, or wait for another: by ids, and the latest of each lane. */
  readonly #tries = new Map<string, Promise<unknown>>();
  readonly #latest = new Map<string, Promise<unknown>>();
  /** What has been passed on, of those in the file. */
  readonly #passed = new Set<string>();
  /** Up to here the file's lines are settled, in bytes; and how many requests that are. */
  #settledTo = 0;
  #settled = 0;
  /** Cancels the timer of the next look, while there is one. */
  #cancelTimer: (() => void) | undefined;
  #settling: Promise<void> | undefined;
  #stopped = false;

  private constructor(parts: SpooledRequestsParts) {
    this.#parts = parts;
  }

  /** Makes one, and lets it know of what an earlier process left: nothing may overtake that. */
  static async open(parts: SpooledRequestsParts): Promise<SpooledRequests> {
    const spooled = new SpooledRequests(parts);
    for await (const { item } of parts.file.entries()) spooled.#recall(lineForm.safeParse(item).data);
    return spooled;
  }

  /** Begins with what an earlier process left; resolves when that has been tried. */
  start(): Promise<void> {
    return this.#look();
  }

  /** Leaves what is there to the next process. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    await this.#settling;
    await this.#parts.file.close();
  }

  /** Whether a request of a lane waits here to be passed on. */
  holds(lane: string): boolean {
    return this.#lanes.has(lane);
  }

  /**
   * Keeps a request.
   *
   * @param lane whose order it has to keep from now on, where it is to be passed on
   * @returns its id here, and what resolves when it is on the disk; `kept` rejects with whatever the file says
   */
  add(request: RawRequest, lane?: string): { readonly id: string; readonly kept: Promise<void> } {
    const id = randomUUID();
    if (lane !== undefined) this.#lanes.enter(id, lane);
    return { id, kept: this.#keep(id, request, lane) };
  }

  async #keep(id: string, request: RawRequest, lane: string | undefined): Promise<void> {
    const { file, clock } = this.#parts;
    const { headers, query, target, body, receivedAt = clock.now() } = request;
    const asked = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    try {
      await file.append({
        id,
        headers: passedHeaders(headers),
        query: Object.fromEntries(asked),
        target,
        receivedAt,
        body: body.toString('base64'),
        ...(lane !== undefined && { lane }),
      });
    } catch (error) {
      this.#lanes.leave(id);
      throw error;
    }
    this.#lookLater();
  }

  /**
   * Passes a request on after the earlier ones of its lane, and notes that it was taken. It is not settled meanwhile.
   *
   * @returns `undefined`: an earlier one still waits, so that this one has to wait too
   */
  async passOn(id: string, attempt: () => Promise<ForwardTry>): Promise<ForwardTry | undefined> {
    const lane = this.#lanes.of(id) ?? '';
    const trying = (this.#latest.get(lane) ?? Promise.resolve()).then(async () => {
      if (!this.#lanes.isFirst(id)) return undefined;
      const tried = await attempt();
      if (tried.what === 'taken') this.#took(id);
      return tried;
    });
    this.#latest.set(lane, trying);
    this.#tries.set(id, trying);
    try {
      return await trying;
    } finally {
      this.#tries.delete(id);
      if (this.#latest.get(lane) === trying) this.#latest.delete(lane);
    }
  }

  /** Nobody waits for the disk here: the answer is more urgent. */
  #took(id: string): void {
    this.#passed.add(id);
    this.#lanes.leave(id);
    this.#parts.file.append({ passed: id }).catch(error => {
      this.#parts.log.error(describeError(error), 'The spool was not told that a request was passed on');
    });
  }

  #recall(line: SpoolLine | undefined): void {
    if (line === undefined) return;
    if ('passed' in line) {
      this.#passed.add(line.passed);
      this.#lanes.leave(line.passed);
    } else if (line.lane !== undefined) this.#lanes.enter(line.id, line.lane);
  }

  #lookLater(): void {
    // A look that is due is not put off by what comes.
    if (this.#stopped || this.#settling !== undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#parts.scheduler.after(retryMs, () => {
      this.#cancelTimer = undefined;
      void this.#look();
    });
  }

  #look(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = undefined;
      if (this.#parts.file.size > 0) this.#lookLater();
    });
    return this.#settling;
  }

  async #settleAll(): Promise<void> {
    const { file, log } = this.#parts;
    try {
      while (file.size > 0 && !this.#stopped) {
        await this.#settleEach();
        // Something has come meanwhile.
        if (!(await file.clear(this.#settledTo))) continue;
        log.info({ requests: this.#settled }, 'The store is back: it has what waited in the spool');
        this.#settledTo = 0;
        this.#settled = 0;
      }
    } catch (error) {
      if (isStoreAway(error)) return;
      log.error(describeError(error), 'What waits in the spool cannot be settled');
    }
  }

  /** Goes on where the last look ended: with the store away, a look is one try, however much waits. */
  async #settleEach(): Promise<void> {
    const { file, log } = this.#parts;
    let lines: RequestLine[] = [];
    for await (const { item, end } of file.entries(this.#settledTo)) {
      const { data: line } = lineForm.safeParse(item);
      if (line === undefined) log.error({}, 'A line of the spool is damaged: what it held is lost');
      else if ('id' in line) lines.push(line);
      if (lines.length < settledAtOnce && end < file.size) continue;
      if (this.#stopped) return;
      await this.#settleTogether(lines);
      lines = [];
      this.#settledTo = end;
    }
  }

  async #settleTogether(lines: readonly RequestLine[]): Promise<void> {
    await Promise.allSettled(lines.map(({ id }) => this.#tries.get(id)));
    // Begun in their order, which the store keeps.
    const ends = await Promise.allSettled(lines.map(line => this.#settle(line)));
    const failed = ends.find(end => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.#settled += lines.length;
  }

  async #settle({ id, lane, body, ...request }: RequestLine): Promise<void> {
    const passed = this.#passed.has(id);
    await this.#parts.settle({ request: { ...request, body: Buffer.from(body, 'base64') }, lane, passed });
    this.#passed.delete(id);
    this.#lanes.leave(id, { forStore: !passed });
  }
}

/** Whether an error says that the store is away, and not that something is wrong with what it was given. */
export function isStoreAway(error: unknown): boolean {
  return isBluetickError(error) && error.code === 'store_unavailable';
}

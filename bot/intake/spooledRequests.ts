import { randomUUID } from 'node:crypto';
import { describeError, isBluetickError } from '../../middleware/errors.ts';
import type { ForwardTry } from '../../middleware/forwarding/forwardClient.ts';
import { passedHeaders } from '../../middleware/forwarding/passedHeaders.ts';
import type { Clock, Logger, RawRequest, Scheduler } from '../../middleware/ports.ts';
import type { SpoolFile } from './spoolFile.ts';

/** How soon a store that was away is tried again. */
const retryMs = 2000;

/** A request that waits in the spool. */
export interface SpooledRequest {
  readonly request: RawRequest;
  /** Whether it has to be passed on, which the store does not know. */
  readonly forward: boolean;
  /** Whether it has been since. */
  readonly passed: boolean;
}

/** A line of the file: a request, or that one has been passed on. */
export type SpoolLine =
  | (Omit<RawRequest, 'body'> & { readonly id: string; readonly body: string; readonly forward: boolean })
  | { readonly passed: string };

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
  /** The lanes of those that are to be passed on, by their ids; and the ids of each lane, oldest first. */
  readonly #laneOf = new Map<string, string>();
  readonly #lanes = new Map<string, Set<string>>();
  /** The tries to pass one on that are under way, or wait for another: by ids, and the latest of each lane. */
  readonly #tries = new Map<string, Promise<unknown>>();
  readonly #latest = new Map<string, Promise<unknown>>();
  /** Of those in the file, what has been passed on and what is settled. */
  readonly #passed = new Set<string>();
  readonly #settled = new Set<string>();
  #cancelTimer = () => {};
  #settling: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: SpooledRequestsParts) {
    this.#parts = parts;
  }

  /** Begins with what an earlier process left; resolves when that has been tried. */
  start(): Promise<void> {
    return this.#look();
  }

  /** Leaves what is there to the next process. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
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
    if (lane !== undefined) {
      this.#laneOf.set(id, lane);
      this.#lanes.set(lane, (this.#lanes.get(lane) ?? new Set()).add(id));
    }
    return { id, kept: this.#keep(id, request, lane !== undefined) };
  }

  async #keep(id: string, request: RawRequest, forward: boolean): Promise<void> {
    const { file, clock } = this.#parts;
    const { headers, query, target, body, receivedAt = clock.now() } = request;
    const kept = { headers: passedHeaders(headers), query, target, receivedAt };
    try {
      await file.append({ id, ...kept, body: body.toString('base64'), forward });
    } catch (error) {
      this.#leaveLane(id);
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
    const lane = this.#laneOf.get(id) ?? '';
    const trying = (this.#latest.get(lane) ?? Promise.resolve()).then(async () => {
      if (this.#lanes.get(lane)?.values().next().value !== id) return undefined;
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
    this.#leaveLane(id);
    this.#parts.file.append({ passed: id }).catch(error => {
      this.#parts.log.error(describeError(error), 'The spool was not told that a request was passed on');
    });
  }

  #leaveLane(id: string): void {
    const lane = this.#laneOf.get(id) ?? '';
    const ids = this.#lanes.get(lane);
    this.#laneOf.delete(id);
    ids?.delete(id);
    if (ids?.size === 0) this.#lanes.delete(lane);
  }

  #lookLater(): void {
    if (this.#stopped || this.#settling !== undefined) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.scheduler.after(retryMs, () => void this.#look());
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
      let { size } = file;
      if (size === 0) return;
      do {
        size = file.size;
        await this.#settleEach();
      } while (!this.#stopped && !(await file.clear(size)));
      if (file.size > 0) return;
      log.info({ requests: this.#settled.size }, 'The store is back: it has what waited in the spool');
      this.#settled.clear();
      this.#passed.clear();
    } catch (error) {
      if (isStoreAway(error)) return;
      log.error(describeError(error), 'What waits in the spool cannot be read');
    }
  }

  async #settleEach(): Promise<void> {
    const { file, settle, log } = this.#parts;
    const damaged = () => log.error({}, 'A line of the spool is damaged: what it held is lost');
    // Those that an earlier process has passed on.
    for await (const line of file.items()) if ('passed' in line) this.#passed.add(line.passed);
    for await (const line of file.items(damaged)) {
      if ('passed' in line || this.#settled.has(line.id)) continue;
      if (this.#stopped) return;
      const { id, forward, body, ...request } = line;
      await this.#tries.get(id)?.catch(() => {});
      await settle({
        request: { ...request, body: Buffer.from(body, 'base64') },
        forward,
        passed: this.#passed.has(id),
      });
      this.#settled.add(id);
      this.#leaveLane(id);
    }
  }
}

/** Whether an error says that the store is away, and not that something is wrong with what it was given. */
export function isStoreAway(error: unknown): boolean {
  return isBluetickError(error) && error.code === 'store_unavailable';
}

import { describeError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { Uploads } from './uploads.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Deletes what has come to its end: at once and then daily. */
export class UploadSweeper {
  readonly #uploads: Pick<Uploads, 'sweep'>;
  readonly #log: Logger;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(uploads: Pick<Uploads, 'sweep'>, log: Logger) {
    this.#uploads = uploads;
    this.#log = log;
  }

  /** Begins. */
  start(): void {
    this.#timer = setInterval(() => this.#sweep(), dayMs).unref();
    this.#sweep();
  }

  /** Ends, with the sweep that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  #sweep(): void {
    this.#sweeping = this.#uploads.sweep().then(
      removed => {
        if (removed > 0) this.#log.info({ removed }, 'Uploads whose time was over were deleted');
      },
      error => this.#log.error(describeError(error), 'Uploads could not be swept'),
    );
  }
}

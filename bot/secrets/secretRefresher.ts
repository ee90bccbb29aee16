import { describeError, isBluetickError } from '../../middleware/errors.ts';
import type { Logger, Scheduler } from '../../middleware/ports.ts';
import { type Config, readConfig, settingNames } from '../config.ts';
import { changesOf } from './liveSettings.ts';
import type { Secrets } from './secrets.ts';

/** What came of one look at the sources, for those who count. */
export type RefreshOutcome = 'renewed' | 'refused' | 'unreadable';

/** What {@link SecretRefresher} works with. */
export interface RefresherParts {
  readonly secrets: Pick<Secrets, 'read'>;
  /** The settings that the host was started with. */
  readonly started: NodeJS.ProcessEnv;
  /** Puts other settings in force, all or none; answers whether any part has changed. */
  readonly renew: (config: Config) => Promise<boolean>;
  /** How often it looks, in milliseconds. */
  readonly everyMs: number;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly count: (outcome: RefreshOutcome) => void;
}

/** Not read again: they hold no secret, and a file of theirs that somebody is just writing must not hold up a key. */
const leftAside = { BLUETICK_POLICY: undefined, BLUETICK_TEMPLATES: undefined };

/**
 * Looks at the sources of secrets now and then, and has the host work with what they hold now. What is read is checked as at
 * the start, and as a whole: where a value is refused, or a source cannot be read, all stays as it was, and the log says why,
 * once.
 */
export class SecretRefresher {
  readonly #parts: RefresherParts;
  #inForce: NodeJS.ProcessEnv;
  /** The last that was said of trouble, and of what takes a restart. */
  #said = { trouble: '', later: '' };
  #underWay: Promise<void> | undefined;
  #isAskedAgain = false;
  #isStopped = false;
  #cancel = () => {};

  constructor(parts: RefresherParts) {
    this.#parts = parts;
    this.#inForce = parts.started;
  }

  /** Begins to look. */
  start(): void {
    const { scheduler, everyMs } = this.#parts;
    if (this.#isStopped) return;
    this.#cancel = scheduler.after(everyMs, () => void this.refresh().then(() => this.start()));
  }

  /** Looks now. Whoever asks while a look is under way gets another one behind it: it may have come too late for the first. */
  async refresh(): Promise<void> {
    if (this.#underWay !== undefined) {
      this.#isAskedAgain = true;
      return this.#underWay;
    }
    this.#underWay = this.#look();
    await this.#underWay;
  }

  /** Ends: what a look that is under way finds is left aside. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      await this.#lookOnce();
    } while (this.#isAskedAgain && !this.#isStopped);
    this.#underWay = undefined;
  }

  async #lookOnce(): Promise<void> {
    const { secrets, renew, log, count } = this.#parts;
    let step: RefreshOutcome = 'unreadable';
    try {
      const read = await secrets.read();
      if (this.#isStopped) return;
      step = 'refused';
      const { live, later } = changesOf(this.#inForce, read, settingNames);
      this.#tellOfRestart(later);
      const next = { ...this.#inForce, ...Object.fromEntries(live.map(name => [name, read[name]])) };
      // Also where no setting has changed: a file that one names may have.
      const isRenewed = await renew(readConfig({ ...next, ...leftAside }));
      this.#inForce = next;
      this.#said.trouble = '';
      if (!isRenewed) return;
      log.info({ settings: live }, 'New secrets are in force');
      count('renewed');
    } catch (error) {
      if (this.#isStopped) return;
      count(step);
      this.#tellOfTrouble(step, error);
    }
  }

  #tellOfTrouble(step: RefreshOutcome, error: unknown): void {
    // What we say of settings ourselves shows no value; what others say may.
    const because = isBluetickError(error) ? { because: error.message } : describeError(error);
    const trouble = JSON.stringify(because);
    if (trouble === this.#said.trouble) return;
    this.#said.trouble = trouble;
    const what = step === 'unreadable' ? 'Secrets cannot be read' : 'New secrets are refused';
    this.#parts.log.error(because, `${what}: those in force stay so`);
  }

  #tellOfRestart(settings: readonly string[]): void {
    const later = settings.join();
    if (later === this.#said.later) return;
    this.#said.later = later;
    if (settings.length > 0) this.#parts.log.warn({ settings }, 'Settings have changed that take a restart');
  }
}

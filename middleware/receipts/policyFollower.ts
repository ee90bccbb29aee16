import { describeError } from '../errors.ts';
import type { Clock, Logger, Scheduler, Store } from '../ports.ts';
import { Lookout } from '../timing/lookout.ts';
import type { PolicySettings } from './policySettings.ts';

/** What a {@link PolicyFollower} works with. */
export interface PolicyFollowerParts {
  readonly policies: Pick<PolicySettings, 'reload'>;
  readonly store: Pick<Store, 'sharing'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/**
 * Obeys what was put in force in another process that shares the store: it is read again when somebody tells of it, and again
 * until the store answers. Where nobody shares it, nothing is done.
 */
export class PolicyFollower {
  readonly #parts: PolicyFollowerParts;
  readonly #lookout: Lookout;

  constructor(parts: PolicyFollowerParts) {
    this.#parts = parts;
    const { sharing } = parts.store;
    const look = () => this.#reload();
    this.#lookout = new Lookout({ ...parts, sharing, heeds: 'policies', what: 'policies', look });
  }

  /** Begins by reading them again: something may have been put since they were loaded. */
  start(): void {
    if (this.#parts.store.sharing !== undefined) this.#lookout.start();
  }

  /** Reads no more, and resolves when the reading under way has ended. */
  stop(): Promise<void> {
    return this.#lookout.stop();
  }

  async #reload(): Promise<undefined> {
    const { policies, log } = this.#parts;
    await policies.reload(error =>
      log.error(
        { ...describeError(error), field: error.field },
        'A policy that another process has put does not fit here: it is left out',
      ),
    );
  }
}

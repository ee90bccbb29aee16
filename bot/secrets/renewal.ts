import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config.ts';
import { Held } from './held.ts';

/** What is looked up at each use. */
type LookedUp = Pick<Config, 'apiKeys' | 'dataverse' | 'signIn'>;

function lookedUp({ apiKeys, dataverse, signIn }: Config): LookedUp {
  return { apiKeys, dataverse, signIn };
}

/** Makes the next one of a part; the answer puts it in place. `undefined`: nothing that it is made of has changed. */
type Prepare = (config: Config) => Promise<(() => void) | undefined>;

/**
 * The parts of the host that are made of secrets, and how they come to new ones together: all of them, or none where one of
 * them cannot be made.
 */
export class Renewal {
  readonly #parts: Prepare[] = [];
  readonly #listeners: (() => void)[] = [];
  #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  /** The settings in force, as far as they can change: for what is looked up at each use. */
  get config(): LookedUp {
    return this.#config;
  }

  /**
   * Makes a part, and the next one whenever what it is made of changes.
   *
   * @param settingsOf what it is made of; where that is `undefined` there is no part, and there will be none
   * @param make makes it, and throws where it cannot be made
   */
  async hold<Settings, Part extends object>(
    settingsOf: (config: Config) => Settings | undefined,
    make: (settings: Settings) => Part | Promise<Part>,
  ): Promise<Held<Part> | undefined> {
    let inForce = settingsOf(this.#config);
    if (inForce === undefined) return undefined;
    const held = new Held(await make(inForce));
    this.#parts.push(async config => {
      const settings = settingsOf(config);
      if (settings === undefined || isDeepStrictEqual(settings, inForce)) return undefined;
      const part = await make(settings);
      return () => {
        inForce = settings;
        held.replace(part);
      };
    });
    return held;
  }

  /** Calls a listener when other settings have come into force. */
  onRenewed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Puts other settings in force, for the next request and the next call.
   *
   * @returns whether anything changed
   * @throws whatever a part throws that cannot be made of them: then all is as it was
   */
  async renew(config: Config): Promise<boolean> {
    // What is made and then left aside has not connected to anything yet: there is nothing to close.
    const prepared = await Promise.all(this.#parts.map(prepare => prepare(config)));
    const isSame = isDeepStrictEqual(lookedUp(config), lookedUp(this.#config));
    if (isSame && prepared.every(replace => replace === undefined)) return false;
    for (const replace of prepared) replace?.();
    this.#config = config;
    for (const listener of this.#listeners) listener();
    return true;
  }
}

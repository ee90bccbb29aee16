import { BluetickError } from '../../middleware/errors.ts';

/** The settings that a source holds, by the names that they have there. */
export type HeldSettings = ReadonlyMap<string, string>;

/** A place that settings come from beside the environment. */
export interface SecretSource {
  /** The setting that names the place; messages name it. */
  readonly setting: 'BLUETICK_SECRETS' | 'KEY_VAULT_URL';
  /**
   * Reads what it holds now.
   *
   * @param wants whether anybody wants what has this name there: the rest is not read
   * @throws BluetickError `invalid_configuration` that says why it cannot be read, and shows nothing of what is there; a
   *   {@link SourceAway} where that may be over in a moment
   */
  read(wants: (name: string) => boolean): Promise<HeldSettings>;
  /** Closes its connections. */
  close(): Promise<void>;
}

/** A source that cannot be read. */
export function unreadable({ setting }: Pick<SecretSource, 'setting'>, why: string, cause?: unknown) {
  return new BluetickError('invalid_configuration', `${setting}: ${why}`, { field: setting, cause });
}

/** A source that cannot be read now, and may be in a moment: it does not answer, or is busy. */
export class SourceAway extends BluetickError {
  override readonly name = 'SourceAway';

  constructor({ setting }: Pick<SecretSource, 'setting'>, why: string) {
    super('invalid_configuration', `${setting}: ${why}`, { field: setting });
  }
}

import type { Logger, Scheduler } from '../../middleware/ports.ts';
import type { App } from '../composition.ts';
import type { Config } from '../config.ts';
import { SecretRefresher } from './secretRefresher.ts';
import type { Secrets } from './secrets.ts';

/** Where the settings of a host came from. */
export interface Origin {
  readonly secrets: Secrets;
  /** All settings as they were read for the start. */
  readonly started: NodeJS.ProcessEnv;
  /** How often the sources are read again, in milliseconds. */
  readonly everyMs: number;
}

/** Has a host take secrets as they change; `undefined`: they come from where nothing changes. */
export function watchSecrets(
  { renewal, engine }: Pick<App, 'renewal' | 'engine'>,
  { google }: Pick<Config, 'google'>,
  origin: Origin,
  parts: { readonly scheduler: Scheduler; readonly log: Logger },
): SecretRefresher | undefined {
  // Google's keys are in files of their own, wherever their paths stand.
  if (!origin.secrets.hasSources && google === undefined) return undefined;
  const refresher = new SecretRefresher({
    ...origin,
    ...parts,
    renew: next => renewal.renew(next),
    count: outcome => engine.meters.add('secrets', [outcome]),
  });
  refresher.start();
  return refresher;
}

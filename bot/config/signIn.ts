import { z } from 'zod';
import { type EntraConfig, entraSettings, readEntra } from './entra.ts';
import { wholeNumber } from './fields.ts';

/** How people sign in to the console. */
export interface SignInConfig {
  /** `BLUETICK_SESSION_IDLE_MINUTES`, in milliseconds: how long a session lasts in which nobody acts. Default 30 minutes. */
  readonly idleMs: number;
  /** The `BLUETICK_ENTRA_…` settings; absent: the administrator's key is the only way. */
  readonly entra: EntraConfig | undefined;
}

/** The settings as the environment has them. */
export const signInSettings = z.object({
  BLUETICK_SESSION_IDLE_MINUTES: wholeNumber(5, 480, 'whole minutes'),
  ...entraSettings.shape,
});

/** Half an hour: an agent who reads acts more often, and a desk that was left does not stay open for a lunch. */
const defaultIdleMinutes = 30;

/**
 * Reads them.
 *
 * @param where how the host is reached
 * @throws BluetickError `invalid_configuration`, see {@link readEntra}
 */
export function readSignIn(
  set: z.output<typeof signInSettings>,
  where: { readonly publicUrl: string | undefined; readonly host: string },
): SignInConfig {
  return {
    idleMs: (set.BLUETICK_SESSION_IDLE_MINUTES ?? defaultIdleMinutes) * 60_000,
    entra: readEntra(set, where),
  };
}

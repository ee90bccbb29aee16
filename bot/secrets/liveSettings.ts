/**
 * The settings that take effect without a restart, for the next request or call. Each goes on being set: one that appears or
 * vanishes takes a restart, as parts of the host come and go with it.
 *
 * Of the settings that hold secrets these are not here: `MicrosoftAppPassword`, which botbuilder (4.23.3) reads once;
 * `APPLICATIONINSIGHTS_CONNECTION_STRING`, which its exporter reads once; `DATABASE_URL`, whose connections are the store's.
 */
export const liveSettings: readonly string[] = [
  'BLUETICK_API_KEY',
  'BLUETICK_ENTRA_CLIENT_SECRET',
  'BLUETICK_HOOK_SECRET',
  'ACS_CONNECTION_STRING',
  'ACS_WEBHOOK_SECRET',
  'META_ACCESS_TOKEN',
  'META_APP_SECRET',
  'META_VERIFY_TOKEN',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_FORWARD_URL',
  'WAHA_API_KEY',
  'WAHA_HMAC_KEY',
  'WAWP_ACCESS_TOKEN',
  'WAWP_WEBHOOK_SECRET',
  'RBM_CLIENT_TOKEN',
  'RBM_SERVICE_ACCOUNT_FILE',
  'GBM_CLIENT_TOKEN',
  'GBM_SERVICE_ACCOUNT_FILE',
  'DATAVERSE_WEBHOOK_KEY',
];

/** What differs between the settings in force and those that were read. */
export interface SettingChanges {
  /** Those that can take effect now, by their names. */
  readonly live: readonly string[];
  /** Those that take a restart. */
  readonly later: readonly string[];
}

/** Compares the settings by their names. Blank counts as not set, as everywhere. */
export function changesOf(
  inForce: NodeJS.ProcessEnv,
  read: NodeJS.ProcessEnv,
  names: readonly string[],
): SettingChanges {
  const changed = names.filter(name => textOf(inForce, name) !== textOf(read, name));
  const isLive = (name: string) =>
    liveSettings.includes(name) && textOf(inForce, name) !== '' && textOf(read, name) !== '';
  return { live: changed.filter(isLive), later: changed.filter(name => !isLive(name)) };
}

function textOf(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? '';
}

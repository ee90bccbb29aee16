import { z } from 'zod';
import { checkProviderUrl } from '../../middleware/channels/checkProviderUrl.ts';
import { text, url, wholeNumber } from './fields.ts';

/** Where settings come from beside the environment. */
export interface SecretsConfig {
  /** `BLUETICK_SECRETS`: a folder of files, one a setting. Default none. */
  readonly folder: string | undefined;
  /** `KEY_VAULT_URL`: an Azure Key Vault, read as the host's managed identity. Default none. */
  readonly keyVaultUrl: URL | undefined;
  /** `BLUETICK_SECRETS_SECONDS`, in milliseconds: how often they are read again. Default a minute. */
  readonly everyMs: number;
}

/** The settings as the environment has them: they cannot come from what they name. */
export const secretsSettings = z.object({
  BLUETICK_SECRETS: text,
  KEY_VAULT_URL: url,
  BLUETICK_SECRETS_SECONDS: wholeNumber(5, 3600, 'whole seconds'),
});

/**
 * A minute: that is how long somebody who rotates a key has to wait before the old one may go. Key Vault takes thousands of
 * requests in ten seconds, and asks some three US cents for ten thousand.
 */
const defaultSeconds = 60;

/**
 * Reads them.
 *
 * @throws BluetickError `invalid_configuration` where the address of the key vault is neither https nor loopback
 */
export function readSecretsConfig(set: z.output<typeof secretsSettings>): SecretsConfig {
  const { BLUETICK_SECRETS: folder, KEY_VAULT_URL: address } = set;
  return {
    folder,
    keyVaultUrl: address === undefined ? undefined : checkProviderUrl(address, 'KEY_VAULT_URL'),
    everyMs: (set.BLUETICK_SECRETS_SECONDS ?? defaultSeconds) * 1000,
  };
}

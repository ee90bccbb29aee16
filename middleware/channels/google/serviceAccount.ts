import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { BluetickError } from '../../errors.ts';
import { isLoopback } from '../../isLoopback.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { requireSetting } from '../requireSetting.ts';

/** In whose name Google is called. */
export interface ServiceAccount {
  readonly email: string;
  /** In PEM. */
  readonly privateKey: string;
  /** Names the key among those of the account. */
  readonly keyId: string | undefined;
  /** Where tokens are issued. */
  readonly tokenUrl: URL;
}

/** Where Google issues tokens; every key file names it. */
const googleTokenUrl = 'https://oauth2.googleapis.com/token';

const keyFile = z.looseObject({
  type: z.literal('service_account'),
  client_email: z.string().min(3),
  private_key: z.string().min(1),
  private_key_id: z.string().min(1).optional(),
  token_uri: z.string().default(googleTokenUrl),
});

/**
 * Reads the key of a service account, as the Google Cloud console gives it out: a JSON file. It may name another address for
 * tokens than Google's on loopback only, for tests: who issues the tokens is told who asks.
 *
 * @param text what the file holds
 * @param setting the name of the setting it came from; messages name it and hold nothing of the file
 * @throws BluetickError `invalid_configuration`
 */
export function readServiceAccount(text: string, setting: string): ServiceAccount {
  const refuse = (why: string) =>
    new BluetickError('invalid_configuration', `${setting} ${why}`, { field: setting });
  let json: unknown;
  try {
    json = JSON.parse(requireSetting(text, setting));
  } catch (error) {
    if (error instanceof BluetickError) throw error;
    throw refuse('must be the JSON key of a service account: it is not JSON');
  }
  const read = keyFile.safeParse(json);
  if (!read.success) {
    const fields = [...new Set(read.error.issues.map(({ path }) => path.join('.')))].join(', ');
    throw refuse(`must be the JSON key of a service account: look at ${fields || 'what it holds'}`);
  }
  const { client_email: email, private_key: privateKey, private_key_id: keyId, token_uri } = read.data;
  try {
    createPrivateKey(privateKey);
  } catch {
    throw refuse('holds a private_key that is none');
  }
  const tokenUrl = checkProviderUrl(token_uri, `${setting}: token_uri`);
  if (tokenUrl.href !== googleTokenUrl && !isLoopback(tokenUrl.hostname)) {
    throw refuse(`names another token_uri than ${googleTokenUrl}`);
  }
  return { email, privateKey, keyId, tokenUrl };
}

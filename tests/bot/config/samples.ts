import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { BluetickError } from '../../../middleware/errors.ts';

/** An API key, which a real channel needs. */
export const key = 'k3y-k3y-k3y-k3y-k3y';

/** The channel meta, as little as it needs. */
export const meta = {
  META_ACCESS_TOKEN: 'EAAG-token',
  META_PHONE_NUMBER_ID: '106540352242922',
  META_APP_SECRET: 'app-s3cret',
  META_VERIFY_TOKEN: 'verify-w0rd',
};

/** The channel acs, as little as it needs. */
export const acs = {
  ACS_CONNECTION_STRING: 'endpoint=https://contoso.communication.azure.com/;accessKey=czNjcmV0',
  ACS_CHANNEL_ID: '0f0eb78e-a576-1dfc-b414-0f0756de3338',
  ACS_WEBHOOK_SECRET: 'webhook-s3cret-0123456789',
};

/** What a start with these settings is refused with. */
export function refusal(env: NodeJS.ProcessEnv): BluetickError {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof BluetickError);
    assert.equal(error.code, 'invalid_configuration');
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

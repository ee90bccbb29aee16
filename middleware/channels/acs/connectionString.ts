import { BluetickError } from '../../errors.ts';

const setting = 'ACS_CONNECTION_STRING';

/** What a connection string holds. */
export interface ConnectionString {
  /** The resource's address, as it was written. */
  readonly endpoint: string;
  /** The access key, base64. */
  readonly accessKey: string;
}

/**
 * Reads `endpoint=https://<resource>.communication.azure.com/;accessKey=<base64>`, as the portal shows it: the names in
 * any case, the parts in any order. The SDK would read it too, but its error repeats the whole string, key and all.
 *
 * @throws BluetickError `invalid_configuration`, without a word of the string
 */
export function readConnectionString(text: string): ConnectionString {
  const parts = new Map(
    text.split(';').map(part => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
  const endpoint = parts.get('endpoint') ?? '';
  const accessKey = parts.get('accesskey') ?? '';
  if (endpoint === '') throw refuse('holds no endpoint');
  // Anything that is not base64 would be taken for another key, and every call refused without a reason.
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(accessKey)) throw refuse('holds no access key in base64');
  return { endpoint, accessKey };
}

function refuse(why: string): BluetickError {
  const allowed = 'allowed: endpoint=https://<resource>.communication.azure.com/;accessKey=<key>';
  return new BluetickError('invalid_configuration', `${setting} ${why}; ${allowed}`, { field: setting });
}

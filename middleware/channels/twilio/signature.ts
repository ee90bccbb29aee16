import { createHash, createHmac } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import { matchesHmac } from '../matchesHmac.ts';
import { sameSecret } from '../sameSecret.ts';
import { retryOverrides } from './callbacks.ts';
import { decodeForm, type FormFields } from './formBody.ts';

/** The whole of the header: 20 bytes in base64. */
const form = /^[A-Za-z0-9+/]{27}=$/;

/** Nothing: a request whose body is no form is signed by its address alone. */
const noFields: FormFields = new Map();

/** A request as it came, with the address by which Twilio reached us. */
export interface SignedRequest {
  /** The public address, with the query, as Twilio has asked for it. */
  readonly url: string;
  /** The body as it came. */
  readonly body: Buffer;
  /** The value of `X-Twilio-Signature`; an array if it came twice, which is refused. */
  readonly signature: string | string[] | undefined;
}

/**
 * Signs a request as Twilio does: the value of `X-Twilio-Signature`.
 *
 * @param url the address with its query, as it is asked for
 * @param fields the fields of the form; none where the body is no form: then the query's `bodySHA256` stands for it
 * @param authToken the account's auth token
 */
export function signTwilio(url: string, fields: FormFields, authToken: string): string {
  return createHmac('sha1', authToken)
    .update(url + textOf(fields))
    .digest('base64');
}

/**
 * Whether a request was signed by Twilio for an account of which we have the auth token.
 *
 * 1. There is exactly one header, of exactly 20 bytes in base64.
 * 2. It holds the HMAC-SHA1 of the address, followed by the name and value of each field of the form, sorted by name; the
 *    values of a name that comes several times are sorted, and each counts once.
 * 3. Where the query holds `bodySHA256`, the address alone is signed, and the body is the one with that hash.
 * 4. Twilio does not always sign the address in the same spelling. As in its own library it counts as asked for, without
 *    a port, with one, and with its query written as older code did. Whether an address is signed with its fragment is
 *    not verified: those that we ask for ourselves count too.
 * 5. The auth token is the key; while it is rotated older ones count too, and every one is tried.
 * 6. Digests are compared in constant time.
 *
 * Twilio's library `twilio` 6.2.0 (lib/webhooks/webhooks.js) does the same. It weighs 27 MB unpacked and brings 54
 * packages, 29 MB in `node_modules`: too much for these lines.
 *
 * @param authTokens the current one first, none of them empty
 * @throws BluetickError `invalid_configuration` if there is no token, or an empty one
 */
export function verifyTwilio(
  { url, body, signature }: SignedRequest,
  authTokens: readonly string[],
): boolean {
  const digest = Buffer.from(
    typeof signature === 'string' && form.test(signature) ? signature : '',
    'base64',
  );
  // The last of the 27 letters has bits to spare: of its four spellings only one is Twilio's.
  const wellFormed = digest.toString('base64') === signature;
  const fields = wellFormed ? fieldsOf(url, body) : undefined;
  const rule = { algorithm: 'sha1', secrets: authTokens } as const;
  // What cannot be signed is compared too, against nothing: an empty token is refused whatever comes in.
  if (fields === undefined) return matchesHmac(Buffer.alloc(0), Buffer.alloc(0), rule);
  const text = textOf(fields);
  return spellingsOf(url).some(spelling => matchesHmac(Buffer.from(spelling + text), digest, rule));
}

/** What stands behind the address; `undefined` if the body cannot be what was signed. */
function fieldsOf(url: string, body: Buffer): FormFields | undefined {
  if (!URL.canParse(url)) return undefined;
  const [hash, ...others] = new URL(url).searchParams.getAll('bodySHA256');
  if (hash === undefined) return decodeForm(body);
  const same = sameSecret(hash, createHash('sha256').update(body).digest('hex'));
  return same && others.length === 0 ? noFields : undefined;
}

function textOf(fields: FormFields): string {
  return [...fields.keys()]
    .sort()
    .flatMap(name => [...new Set(fields.get(name))].sort().map(value => name + value))
    .join('');
}

/** The spellings of an address that Twilio may have signed, the likeliest first. */
function spellingsOf(url: string): readonly string[] {
  const withoutPort = new URL(url);
  withoutPort.port = '';
  const addresses = [url, withoutPort.href, withPort(new URL(url))];
  const spellings = [...addresses, ...addresses.slice(1).map(legacyQuery)];
  const fragments = ['', ...Object.values(retryOverrides)];
  return [...new Set(fragments.flatMap(fragment => spellings.map(spelling => spelling + fragment)))];
}

/** `URL` drops a port that is the scheme's own, so it is written by hand. */
function withPort({ href, protocol, port }: URL): string {
  if (port !== '') return href;
  return href.replace(/^\w+:\/\/[^/]*/, origin => `${origin}:${protocol === 'https:' ? 443 : 80}`);
}

/** The query written again as `node:querystring` does, which leaves other characters alone than `URL`. */
function legacyQuery(address: string): string {
  const [path = '', query] = address.split(/\?(.*)/s);
  return query === undefined ? address : `${path}?${stringify(parse(query))}`;
}

import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAccountOf } from '../support/googleServer.ts';
import { signGoogle } from '../support/googleWebhooks.ts';
import { type AttackedChannel, nobody } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';

/** A request to the address of the channel `google`. */
export const googleAttack = (body: string | Buffer, headers: Attack['headers'] = {}): Attack => ({
  method: 'POST',
  path: '/webhooks/google',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

/** One with a signature. */
export const signedAttack = (body: string | Buffer, signature: string | string[]): Attack =>
  googleAttack(body, { 'x-goog-signature': signature });

/** What is the same in both formats of the channel `google`, but for the prefix of its settings. */
export function googleFormat(prefix: 'RBM' | 'GBM', business: string) {
  return {
    name: 'google',
    business,
    bodyLimit: 256 * 1024,
    batches: false,
    proofs: [[`${prefix}_CLIENT_TOKEN`]],
    open: openKeyFile,
    settings: (secrets, provider = nobody) => ({
      [`${prefix}_AGENT_ID`]: business,
      [`${prefix}_SERVICE_ACCOUNT_FILE`]: serviceAccountFile(provider),
      [`${prefix}_CLIENT_TOKEN`]: secrets.join(','),
      [`${prefix}_API_URL`]: provider,
    }),
    idOf: googleId,
  } satisfies Partial<AttackedChannel>;
}

/**
 * Requests of either format that prove nothing.
 *
 * @param data what is signed of the body
 */
export function wronglySigned(
  body: string,
  data: string | Buffer,
  secret: string,
): Readonly<Record<string, Attack>> {
  const good = signGoogle(data, secret);
  return {
    'no signature': googleAttack(body),
    'an empty one': signedAttack(body, ''),
    'one under another token': signedAttack(body, signGoogle(data, `${secret}x`)),
    'one under an empty token': signedAttack(body, signGoogle(data, '')),
    'one in hex': signedAttack(body, Buffer.from(good, 'base64').toString('hex')),
    'one that is cut': signedAttack(body, good.slice(0, -1)),
    'the right one twice': signedAttack(body, [good, good]),
    'the token in its place': signedAttack(body, secret),
    'the token in the body': googleAttack(
      JSON.stringify({ ...JSON.parse(body), clientToken: secret, secret: 'x' }),
    ),
    'the right one for no body': signedAttack('', good),
  };
}

/** An id of a message. */
function googleId(number: string, around: Uint8Array): string {
  return `Mx${Buffer.concat([around, Buffer.from(number), around]).toString('base64url')}`;
}

let folder: string | undefined;

/** Makes a place for the keys of service accounts; answers what takes it away. */
async function openKeyFile(): Promise<() => Promise<void>> {
  const made = await mkdtemp(join(tmpdir(), 'bluetick-google-'));
  folder = made;
  return async () => rmSync(made, { recursive: true });
}

/** Where the key of a service account is whose tokens come from a provider. */
function serviceAccountFile(provider: string): string {
  if (folder === undefined) throw new Error('there is no place for the key yet');
  const file = join(folder, `${new URL(provider).port}.json`);
  writeFileSync(file, serviceAccountOf(`${provider}/token`));
  return file;
}

/** What a search for leaks looks for: a line of the private key that tokens are asked for with. */
export function keyOfGoogle(): Record<string, string> {
  const { private_key: pem } = JSON.parse(serviceAccountOf('http://127.0.0.1:9/token'));
  return { 'the private key': pem.split('\n')[10] };
}

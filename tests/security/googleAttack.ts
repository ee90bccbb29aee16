import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAccountOf } from '../support/googleServer.ts';
import type { Attack } from './attackedHost.ts';

/** A request to the address of the channel `google`. */
export const googleAttack = (body: string | Buffer, headers: Attack['headers'] = {}): Attack => ({
  method: 'POST',
  path: '/webhooks/google',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

/** An id of a message. */
export function googleId(number: string, around: Uint8Array): string {
  return `Mx${Buffer.concat([around, Buffer.from(number), around]).toString('base64url')}`;
}

let folder: string | undefined;

/** Makes a place for the keys of service accounts; answers what takes it away. */
export async function openKeyFile(): Promise<() => Promise<void>> {
  const made = await mkdtemp(join(tmpdir(), 'bluetick-google-'));
  folder = made;
  return async () => rmSync(made, { recursive: true });
}

/** Where the key of a service account is whose tokens come from a provider. */
export function serviceAccountFile(provider: string): string {
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

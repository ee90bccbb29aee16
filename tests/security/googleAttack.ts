import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceAccountOf } from '../support/googleServer.ts';
import { nobody } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';

/** A request to the address of the channel `google`. */
export const googleAttack = (body: string | Buffer, headers: Attack['headers'] = {}): Attack => ({
  method: 'POST',
  path: '/webhooks/google',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

let file: string | undefined;

/** Writes the key of a service account, which gets no tokens; answers what takes it away. */
export async function openKeyFile(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-google-'));
  file = join(folder, 'key.json');
  writeFileSync(file, serviceAccountOf(`${nobody}/token`));
  return async () => rmSync(folder, { recursive: true });
}

/** Where it is. */
export function serviceAccountFile(): string {
  if (file === undefined) throw new Error('the key is not written yet');
  return file;
}

/** A host with every channel on, whose secrets lie in a folder that changes, and the providers that it calls. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, settingNames } from '../../../bot/config.ts';
import { type Host, startHost } from '../../../bot/host.ts';
import type { SecretRefresher } from '../../../bot/secrets/secretRefresher.ts';
import { openSecrets } from '../../../bot/secrets/secrets.ts';
import { watchSecrets } from '../../../bot/secrets/watchSecrets.ts';
import { type Call, type CallServer, serveCalls } from '../../support/callServer.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { serviceAccountOf } from '../../support/googleServer.ts';

export const publicUrl = 'https://bot.example.com';
export const accountSid = `AC${'1'.repeat(32)}`;
export const acsChannelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';

/** The host, and what changes. */
export interface RotatingHost {
  readonly host: Host;
  readonly log: ReturnType<typeof quietLog>;
  /** Every provider's API in one. */
  readonly provider: CallServer<Buffer>;
  /** What each call waits for before it is answered. Default nothing. */
  held: Promise<void> | undefined;
  /** The value of a secret at the start. */
  first(setting: string): string;
  /** Puts secrets in place of others, all at once, and has the host look. */
  put(secrets: Readonly<Record<string, string>>): Promise<void>;
  /** Puts another key of Google's service account in place, whose tokens come from this path. */
  putServiceAccount(path: string): Promise<void>;
  /** Puts the secrets of the start back. */
  reset(): Promise<void>;
  /** Makes the folder go away until it is put. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it. */
export async function startRotatingHost(): Promise<RotatingHost> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-secrets-'));
  const mount = join(folder, 'secrets');
  const log = quietLog();
  const world: { held: Promise<void> | undefined } = { held: undefined };
  const provider = await serveCalls(
    raw => raw,
    async () => {
      await world.held;
      return {
        status: 200,
        body: { success: true, result: true, sid: `SM${'2'.repeat(32)}`, status: 'queued' },
      };
    },
  );
  const keyFile = join(folder, 'service-account.json');
  await writeFile(keyFile, serviceAccountOf(`${provider.origin}/token`));
  const started: Readonly<Record<string, string>> = {
    BLUETICK_API_KEY: 'the-first-administrator-s-key',
    ACS_CONNECTION_STRING: `endpoint=${provider.origin}/;accessKey=${btoa('the first access key')}`,
    ACS_WEBHOOK_SECRET: 'the-first-secret-of-event-grid',
    META_ACCESS_TOKEN: 'the-first-access-token',
    META_APP_SECRET: 'the-first-app-secret',
    META_VERIFY_TOKEN: 'the-first-verify-token',
    TWILIO_AUTH_TOKEN: 'the-first-auth-token',
    WAHA_API_KEY: 'the-first-key-of-waha',
    WAHA_HMAC_KEY: 'the-first-hmac-key',
    WAWP_ACCESS_TOKEN: 'the-first-token-of-wawp',
    WAWP_WEBHOOK_SECRET: 'the-first-webhook-secret',
    RBM_CLIENT_TOKEN: 'the-first-client-token',
    DATAVERSE_WEBHOOK_KEY: 'the-first-key-of-dataverse',
  };
  let now = started;
  let generation = 0;

  /** As Kubernetes does: a folder of its own for each set, and one link that leads to it. */
  async function mountSet(secrets: Readonly<Record<string, string>>): Promise<void> {
    generation += 1;
    const set = join(mount, `..set-${generation}`);
    await mkdir(set, { recursive: true });
    for (const [name, value] of Object.entries(secrets)) await writeFile(join(set, name), `${value}\n`);
    await symlink(set, join(mount, '..next'));
    await rename(join(mount, '..next'), join(mount, '..data'));
    now = secrets;
  }
  await mountSet(started);

  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    PUBLIC_URL: publicUrl,
    BLUETICK_DATA: join(folder, 'data'),
    BLUETICK_MODE: 'sidecar',
    BLUETICK_SECRETS: mount,
    ACS_CHANNEL_ID: acsChannelId,
    META_PHONE_NUMBER_ID: '106540352242922',
    META_GRAPH_URL: `${provider.origin}/v25.0`,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_WHATSAPP_NUMBER: '+14155238886',
    TWILIO_API_URL: provider.origin,
    TWILIO_MESSAGING_URL: provider.origin,
    WAHA_URL: provider.origin,
    WAHA_SESSION: 'default',
    WAWP_INSTANCE_ID: 'the-instance',
    WAWP_API_URL: provider.origin,
    RBM_AGENT_ID: 'the-agent',
    RBM_SERVICE_ACCOUNT_FILE: keyFile,
    RBM_API_URL: provider.origin,
  };
  const secrets = await openSecrets({
    config: { folder: mount, keyVaultUrl: undefined },
    env,
    names: settingNames,
  });
  const read = await secrets.read();
  const config = readConfig(read);
  const host = await startHost(config, log);
  // Nothing happens by itself: the tests say when.
  const never = { after: () => () => {} };
  const origin = { secrets, started: read, everyMs: 60_000 };
  const refresher = watchSecrets(host.app, config, origin, { scheduler: never, log }) as SecretRefresher;
  return Object.assign(world, {
    host,
    log,
    provider,
    first: (setting: string) => started[setting] ?? '',
    async put(changed: Readonly<Record<string, string>>) {
      await mountSet({ ...now, ...changed });
      await refresher.refresh();
    },
    async putServiceAccount(path: string) {
      await writeFile(keyFile, serviceAccountOf(provider.origin + path));
      await refresher.refresh();
    },
    async reset() {
      await mountSet(started);
      await refresher.refresh();
      log.lines.length = 0;
    },
    async lose() {
      await rename(mount, `${mount}-away`);
      await refresher.refresh();
      await refresher.refresh();
      await rename(`${mount}-away`, mount);
    },
    async close() {
      refresher.stop();
      await host.close();
      await provider.close();
      await rm(folder, { recursive: true });
    },
  });
}

/** All that a call says of who makes it. */
export function credentialsIn({ path, headers, body }: Call<Buffer>): string {
  const { authorization = '', 'x-api-key': key = '' } = headers;
  return [path, authorization, key, body.toString()].join('\n');
}

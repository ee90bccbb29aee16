import assert from 'node:assert/strict';
import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import pg from 'pg';
import { generate } from 'selfsigned';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { startPostgres, type TestCluster } from '../../support/postgres.ts';

/** An address of this machine that is no loopback address by its looks: to it, TLS is not left out. */
const host = '0.0.0.0';

describe('a PostgreSQL that is spoken to by TLS', () => {
  const known = getCACertificates('default');
  let cluster: TestCluster;

  before(async () => {
    cluster = await startPostgres();
  });

  afterEach(() => setDefaultCACertificates(known));

  after(() => cluster.stop());

  /** Gives the server a certificate for an address, from now on. */
  async function certify(ip: string): Promise<string> {
    const altNames = [{ type: 7 as const, ip }];
    const made = await generate([{ name: 'commonName', value: 'a database' }], {
      keyType: 'ec',
      extensions: [{ name: 'subjectAltName', altNames }],
    });
    // A server takes a key only from the account that it runs as.
    const { uid, gid } = await stat(cluster.folder);
    for (const [name, text] of [
      ['server.crt', made.cert],
      ['server.key', made.private],
    ] as const) {
      await writeFile(join(cluster.folder, name), text, { mode: 0o600 });
      await chown(join(cluster.folder, name), uid, gid);
    }
    await set('ssl = on');
    return made.cert;
  }

  /** Changes a setting of the server, and waits until new connections have it. */
  async function set(setting: string): Promise<void> {
    const loaded = async () => String((await ask('SELECT pg_conf_load_time()::text AS at'))[0]?.at);
    const before = await loaded();
    await ask(`ALTER SYSTEM SET ${setting}`);
    await ask('SELECT pg_reload_conf()');
    while ((await loaded()) === before);
  }

  /** Asks the server as its own administrator. */
  async function ask(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client(cluster.url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  const url = () => {
    const at = new URL(cluster.url);
    at.hostname = host;
    return at.href;
  };

  it('has every connection encrypted, also those whose password is a token', async () => {
    setDefaultCACertificates([...known, await certify(host)]);
    for (const password of [undefined, async () => 'test']) {
      const store = await openPostgresStore({ url: url(), ...(password && { password }) });
      try {
        await store.ping(Date.now());
        const rows = await ask(
          `SELECT version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'bluetick'`,
        );
        assert.ok(rows.length >= 3, `${rows.length} connections`);
        assert.deepEqual([...new Set(rows.map(({ version }) => version))], ['TLSv1.3']);
      } finally {
        await store.close();
      }
    }
  });

  const refused = async (because: RegExp) => {
    const error = await openPostgresStore({ url: url() }).then(
      async store => store.close(),
      (error: unknown) => error,
    );
    assert.ok(error instanceof Error);
    assert.match(error.message, because);
  };

  it('is not spoken to where nobody vouches for its certificate', async () => {
    await certify(host);
    await refused(/self-signed certificate/);
  });

  it('is not spoken to where its certificate is for somebody else', async () => {
    setDefaultCACertificates([...known, await certify('192.0.2.1')]);
    await refused(/IP: 0\.0\.0\.0 is not in the cert's list: 192\.0\.2\.1/);
  });

  it('is not spoken to where it has none', async () => {
    await set('ssl = off');
    await refused(/does not support SSL connections/);
  });
});

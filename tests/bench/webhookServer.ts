/**
 * The server under load, in a process of its own: `node webhookServer.ts <kind> <data folder>`. It prints its port.
 *
 * - `bluetick`: Meta's webhook route as the host has it, on the embedded store.
 * - `serial`: the same, but each request waits for a commit of its own.
 * - `parse`: a bare restify route that parses the same body and stores nothing.
 */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import restify, { type Request, type Response } from 'restify';
import { admitting } from '../../bot/intake/intake.ts';
import { addWebhookRoutes } from '../../bot/routes/webhooks.ts';
import {
  createEngine,
  createMetaChannel,
  createPolicyBook,
  openSqliteStore,
  type Store,
} from '../../middleware/index.ts';
import { benchBusiness, benchSecret } from './samples.ts';

const [kind = 'bluetick', folder = '.'] = process.argv.slice(2);
const server = restify.createServer();

if (kind === 'parse') {
  server.use(restify.plugins.jsonBodyParser());
  server.post('/webhooks/meta', async (request: Request, response: Response) => {
    response.send(request.body?.object === 'whatsapp_business_account' ? 200 : 400);
  });
} else {
  const silent = { debug() {}, info() {}, warn() {}, error: console.error };
  const channel = createMetaChannel({
    accessToken: 'token',
    appSecrets: [benchSecret],
    verifyToken: 'verify',
    phoneNumberIds: [benchBusiness],
    graphUrl: 'http://127.0.0.1:9/v25.0',
  });
  const store = await openSqliteStore({ path: join(folder, 'bluetick.sqlite') });
  // Receipts are held: what is measured is admission, not the calls that follow it.
  const policies = createPolicyBook({ default: { read: { when: 'manual' } } }, [channel]);
  const engine = createEngine({
    store: kind === 'serial' ? oneByOne(store) : store,
    channels: [channel],
    policies,
    log: silent,
  });
  engine.start();
  addWebhookRoutes(server, channel, admitting(engine, silent), silent);
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

function oneByOne(store: Store): Store {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    admit(batch) {
      const mine = last.then(() => store.admit(batch));
      last = mine.catch(() => {});
      return mine;
    },
  };
}

process.once('SIGTERM', () => process.exit());

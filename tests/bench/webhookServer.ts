/**
 * The server under load, in a process of its own: `node webhookServer.ts <setup as JSON>`; see `webhookServerProcess.ts`. It
 * prints its port. `GET /written` answers how many receipts it has sent and written down.
 */
import type { AddressInfo } from 'node:net';
import restify, { type Request, type Response } from 'restify';
import { admitting } from '../../bot/intake/intake.ts';
import { addWebhookRoutes } from '../../bot/routes/webhooks.ts';
import { createEngine, createMetaChannel, createPolicyBook, type Store } from '../../middleware/index.ts';
import { openBenchStore } from './benchStores.ts';
import { benchBusiness, benchSecret } from './samples.ts';
import type { WebhookServerSetup } from './webhookServerProcess.ts';

const setup: WebhookServerSetup = JSON.parse(process.argv[2] ?? '{}');
const { kind, store: place = '.', businesses = [benchBusiness], provider } = setup;
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
    phoneNumberIds: businesses,
    graphUrl: `${provider ?? 'http://127.0.0.1:9'}/v25.0`,
  });
  const store = await openBenchStore(place);
  // Where receipts are held, what is measured is admission, not the calls that follow it. No bot runs here: as in a
  // sidecar, the queue holds each conversation.
  const when = provider === undefined ? 'manual' : 'accepted';
  const policies = createPolicyBook({ default: { read: { when }, handoff: { read: when } } }, [channel]);
  const counted = countWritten(store);
  server.get('/written', async (_request: Request, response: Response) => {
    response.send(200, counted.written());
  });
  const engine = createEngine({
    store: kind === 'serial' ? oneByOne(store) : counted.store,
    channels: [channel],
    policies,
    log: silent,
  });
  engine.start();
  addWebhookRoutes(server, channel, admitting(engine), silent);
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

/** Counts the receipts whose end is written down. */
function countWritten(store: Store): { store: Store; written(): number } {
  let written = 0;
  return {
    written: () => written,
    store: {
      ...store,
      async changeReceipts(conversation, changes, options) {
        const answer = await store.changeReceipts(conversation, changes, options);
        const ended = changes.filter(({ outcome }) => outcome === 'sent' || outcome === 'covered');
        written += ended.filter(({ ref }) => answer.changed.includes(ref)).length;
        return answer;
      },
    },
  };
}

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

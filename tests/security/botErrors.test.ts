import assert from 'node:assert/strict';
import { EventEmitter, on, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { networkFrom } from '../../bot/access/networkFrom.ts';
import { RequestLimits } from '../../bot/access/requestLimits.ts';
import type { App } from '../../bot/composition.ts';
import { readConfig } from '../../bot/config.ts';
import { Renewal } from '../../bot/secrets/renewal.ts';
import { createServer } from '../../bot/server.ts';
import { createStreams } from '../../bot/stream/createStreams.ts';
import { TemplateBook } from '../../bot/templates/templateBook.ts';
import { FileUploads } from '../../bot/uploads/fileUploads.ts';
import { createMetaChannel } from '../../middleware/channels/meta/metaChannel.ts';
import { WorkItems } from '../../middleware/dynamics/workItems.ts';
import { createPolicyBook } from '../../middleware/policy/policyBook.ts';
import { createEngine } from '../../middleware/receipts/engine.ts';
import { PolicySettings } from '../../middleware/receipts/policySettings.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { customer } from './attackedChannel.ts';
import { ask } from './attackedHost.ts';
import { channels } from './channels.ts';
import { tracesIn } from './traces.ts';

/** The seed of every run: a failure prints the path that leads back to it. */
const seed = 20_261_122;

const appSecret = 'the-secret-of-today-0123456789';

/** The ways of a bot, and of the libraries in it, to say what they could not cope with. */
const failures: Readonly<Record<string, (text: string) => unknown>> = {
  'an error that quotes it': text => new Error(`cannot answer "${text}"`),
  'an error that is nothing else': text => new TypeError(text),
  'an error with a reason': text => new Error('failed', { cause: new Error(text) }),
  'an error of an HTTP client': text =>
    Object.assign(new Error(`400: ${text}`), {
      config: { data: text },
      response: { body: text },
      body: text,
    }),
  'an error whose message was shortened': text => {
    const error = new Error(`cannot answer ${text}`);
    // Whoever looks at the stack makes it stand.
    assert.ok(error.stack);
    return Object.assign(error, { message: 'cannot answer' });
  },
  'several errors': text => new AggregateError([new Error(text)], text),
  'a text': text => text,
  'an object': text => ({ text, stack: text, message: text }),
};

describe('a bot that fails', () => {
  let log: string;
  let lines: EventEmitter;
  let fail: (text: string) => unknown;
  let app: App;
  let port: number;
  let close: () => Promise<void>;

  before(async () => {
    lines = new EventEmitter();
    const stream = {
      write(line: string) {
        log += line;
        lines.emit('line');
      },
    };
    const logger = pino({ level: 'trace' }, stream);
    const store = await openSqliteStore({ path: ':memory:' });
    const channel = createMetaChannel({
      accessToken: 'EAAG-the-access-token-0123456789',
      phoneNumberIds: ['106540352242922'],
      appSecrets: [appSecret],
      verifyToken: 'the-verify-token-0123456789',
      graphUrl: 'http://127.0.0.1:9/v25.0',
    });
    const policies = await PolicySettings.load(
      store,
      createPolicyBook({ default: { read: { when: 'manual' } } }, [channel]),
    );
    const engine = createEngine({
      store,
      channels: [channel],
      policies,
      log: logger,
      async onTurn({ message }) {
        throw fail(String(message.content.text));
      },
    });
    app = {
      store,
      channels: [channel],
      webhooks: [channel],
      twilio: undefined,
      hookSender: undefined,
      policies,
      engine,
      workItems: new WorkItems({ store, engine, channels: [channel] }),
      dataverse: undefined,
      renewal: new Renewal(readConfig({})),
      limits: new RequestLimits({
        perSecond: 100,
        networkFrom: networkFrom(0),
        clock: systemClock,
        count() {},
      }),
      networkFrom: networkFrom(0),
      origins: [],
      escalation: { ways: [], allowsHook: () => false },
      connector: {
        authenticates: false,
        publicUrl: undefined,
        async receive(_authorization, { text }) {
          throw fail(String(text));
        },
      },
      appId: undefined,
      streams: createStreams(engine, [channel], { store, log: logger }),
      signIn: { idleMs: 1_800_000, entra: undefined },
      templates: new TemplateBook([]),
      uploads: new FileUploads(join(tmpdir(), 'bluetick-no-uploads'), { clock: systemClock, keepMs: 1000 }),
      urlForPhones: () => undefined,
      publicUrl: undefined,
      simulator: undefined,
      start: () => engine.start(),
      async close() {
        await engine.stop();
        await channel.close();
        await store.close();
      },
    };
    engine.start();
    const server = createServer(app, () => ['the-administrator-s-key-0123456789'], logger);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    close = async () => {
      server.close();
      server.server.closeAllConnections();
      await app.close();
    };
  });
  after(() => close());

  /** Waits until the log has a line of the kind. */
  async function logged(message: string): Promise<void> {
    if (log.includes(message)) return;
    for await (const _line of on(lines, 'line', { signal: AbortSignal.timeout(10_000) }))
      if (log.includes(message)) return;
  }

  /** Texts of which some look like the places in a stack, where an error quotes them. */
  const words = fc.string({ unit: 'grapheme', minLength: 12 }).filter(text => new Set(text).size > 8);
  const texts = fc.oneof(
    words,
    words.map(text => `${text}\n    at ${text}\n    at f (file:///${text.replace(/\s/g, '')}:1:1)\n`),
  );

  let messages = 0;
  for (const [what, failure] of Object.entries(failures)) {
    it(`with ${what} is logged by place, and answered, without a word of it`, async () => {
      fail = failure;
      await fc.assert(
        fc.asyncProperty(texts, async text => {
          log = '';
          messages += 1;
          const meta = channels.find(({ name }) => name === 'meta');
          assert.ok(meta !== undefined);
          // Another customer each time: a turn that failed comes again after a while, and the next waits behind it.
          const from = String(Number(customer) + messages);
          const attack = meta.proved(meta.body({ id: `m${messages}`, text, from }), appSecret);
          assert.equal((await ask(port, attack)).status, 200);
          await logged('The turn failed');

          const activity = {
            type: 'message',
            text,
            conversation: { id: 'c' },
            deliveryMode: 'expectReplies',
          };
          const sent = { method: 'POST', path: '/api/messages', body: JSON.stringify(activity) };
          const { status, shown } = await ask(port, sent);
          assert.equal(status, 500);
          await logged('A request failed');

          if (what.startsWith('an error that')) assert.match(log, /"at":\["at [^"]*botErrors\.test\.ts/);
          // Each line by itself: of a text of many lines, one is enough.
          const secrets = Object.fromEntries(
            text
              .split('\n')
              .map(line => line.trim())
              .filter(line => line.length >= 12)
              .map((line, at) => [`line ${at}`, line]),
          );
          assert.deepEqual(tracesIn(log + shown, secrets), []);
        }),
        { seed, numRuns: 10, endOnFailure: true },
      );
    });
  }
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ActivityHandler as AgentsActivityHandler } from '@microsoft/agents-hosting';
import { ActivityHandler } from 'botbuilder';
// @ts-expect-error: its types are a package of their own, and three calls need none
import express from 'express';
import restify from 'restify';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import type { Engine, MetaChannelOptions, Store } from '../../middleware/index.ts';
import { type Connector, startConnector } from '../support/connector.ts';
import { customer } from '../support/engineWorld.ts';
import { business, relayedMessage } from '../support/relayedMessage.ts';

const root = join(import.meta.dirname, '..', '..');

/** What an example leaves to its reader. */
interface Given {
  readonly meta: MetaChannelOptions;
  readonly server: unknown;
  readonly bot: unknown;
  readonly auth?: object;
}

/** What an example has made, for the test to end. */
type Made = { engine: Engine; store: Store };

/** The code block behind `<!-- run: name -->`, its lines without the blank ones. */
async function exampleOf(name: string): Promise<string[]> {
  const page = await readFile(join(root, 'docs', 'your-bot.md'), 'utf8');
  const [, code] = new RegExp(`<!-- run: ${name} -->\n\`\`\`ts\n([^]*?)\`\`\``).exec(page) ?? [];
  assert.ok(code, `docs/your-bot.md has no example ${name}`);
  return code.split('\n').filter(line => line !== '');
}

/** Makes a module of an example: a function of what it leaves to its reader. Not a word of it is changed but the paths. */
async function runnable(lines: readonly string[], folder: string): Promise<(given: Given) => Promise<Made>> {
  const locate = (from: string) =>
    from === 'bluetick'
      ? pathToFileURL(join(root, 'middleware', 'index.ts')).href
      : import.meta.resolve(from);
  const imports = lines.filter(line => line.startsWith('import '));
  const body = lines.filter(line => !line.startsWith('import '));
  const module = [
    ...imports.map(line => line.replace(/from '(.*)'/, (_, from) => `from '${locate(from)}'`)),
    'export default async ({ meta, server, bot, auth }) => {',
    ...body.map(line => line.replace('./data/', `${folder}/`)),
    'return { engine, store }; };',
  ];
  const file = join(folder, 'example.mjs');
  await writeFile(file, module.join('\n'));
  return (await import(pathToFileURL(file).href)).default;
}

describe('the examples of docs/your-bot.md', () => {
  let folder: string;
  let simulator: Simulator;
  let connector: Connector;
  let close = async () => {};
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-example-'));
    connector = await startConnector();
    simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
    });
  });
  afterEach(async () => {
    await close();
    await simulator.close();
    await connector.close();
    await rm(folder, { recursive: true });
  });

  /** Posts a message to the example's bot; the phone shows it read, the connector has the answer. */
  async function prove(
    url: string,
    { engine, store }: Made,
    stopServer: () => Promise<unknown>,
  ): Promise<void> {
    close = async () => {
      await stopServer();
      await engine.stop();
      await store.close();
    };
    const { id } = simulator.phone(customer).say('Hello');
    const response = await fetch(`${url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(relayedMessage(id, connector.url)),
    });
    assert.equal(response.status, 200);
    const [reply] = await connector.waitFor(1, 'message');
    assert.equal(reply?.activity.text, 'You said: Hello');
    const [call] = await simulator.waitForCalls(1, 5000);
    assert.partialDeepStrictEqual(call?.body, { status: 'read', message_id: id });
  }

  it('put ten lines into a bot of botbuilder', async () => {
    const lines = await exampleOf('botbuilder');
    assert.ok(lines.length <= 10, `${lines.length} lines`);
    const server = restify.createServer();
    server.use(restify.plugins.bodyParser());
    const bot = new ActivityHandler();
    bot.onMessage(async context => void (await context.sendActivity(`You said: ${context.activity.text}`)));
    const made = await (await runnable(lines, folder))({ meta: simulator.channelOptions, server, bot });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await prove(`http://127.0.0.1:${port}`, made, async () => void server.close());
  });

  it('put ten lines into a bot of the Agents SDK', async () => {
    const lines = await exampleOf('agents');
    assert.ok(lines.length <= 10, `${lines.length} lines`);
    const server = express();
    server.use(express.json());
    const bot = new AgentsActivityHandler();
    bot.onMessage(async context => void (await context.sendActivity(`You said: ${context.activity.text}`)));
    // Without a client id the SDK lets everybody in, as botbuilder does.
    const made = await (await runnable(lines, folder))({
      meta: simulator.channelOptions,
      server,
      bot,
      auth: {},
    });
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    await prove(`http://127.0.0.1:${port}`, made, async () => {
      listening.close();
      listening.closeAllConnections();
    });
  });
});

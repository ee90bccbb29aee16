/** What each example is to do for a customer, wherever it runs: in the checkout, or against the packed library. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Testing from '../../bot/testing/index.ts';
import type * as Agents from '../../examples/agents-sdk/agent.ts';
import type * as Echo from '../../examples/echo-bot/bot.ts';
import type * as Desk from '../../examples/hand-off/bot.ts';
import type * as Ledgers from '../../examples/ledger-only/ledger.ts';
import type * as Sidecars from '../../examples/sidecar/sidecar.ts';
import { startConnector } from '../support/connector.ts';

/** Imports a module: of the examples by its path from their folder, of the library by its name. */
export type Load = <Module>(name: string) => Promise<Module>;

const customer = '4915550001111';

/** Runs every example before the simulator of `bluetick/testing`. */
export function describeExamples(where: string, load: Load): void {
  describe(`the examples ${where}`, function () {
    this.timeout(20_000);
    let ends: AsyncDisposableStack;
    let folder: string;
    let testing: typeof Testing;
    let simulator: Testing.Simulator;
    let given: { meta: Testing.Simulator['channelOptions']; path: string };
    beforeEach(async () => {
      ends = new AsyncDisposableStack();
      folder = await mkdtemp(join(tmpdir(), 'bluetick-example-'));
      ends.defer(() => rm(folder, { recursive: true }));
      testing = await load<typeof Testing>('bluetick/testing');
      const secrets = { accessToken: 'token', appSecret: 'secret', verifyToken: 'verify' };
      simulator = await testing.createSimulator({ ...secrets, phoneNumberIds: [testing.sampleBusiness] });
      ends.defer(() => simulator.close());
      given = { meta: simulator.channelOptions, path: join(folder, 'bluetick.sqlite') };
    });
    afterEach(() => ends.disposeAsync());

    /** Has an example listen; answers where. */
    const listen = async (server: Server): Promise<string> => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      ends.defer(async () => {
        server.close();
        server.closeAllConnections();
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    };
    /** Has its webhooks come to an example, as Meta has them after asking for the challenge. */
    const serve = async <Example extends { server: Server; close(): Promise<void> }>(example: Example) => {
      ends.defer(() => example.close());
      simulator.webhookUrl = await listen(example.server);
      assert.ok(await simulator.verifyWebhook());
      return example;
    };
    const phone = () => simulator.phone(customer);
    const isRead = (id: string) =>
      phone().messages.some(message => message.id === id && message.tick === 'read');
    const answers = () => phone().messages.filter(({ from }) => from === 'business');

    it('echo-bot: read, typing, the answer', async () => {
      const { createEchoBot } = await load<typeof Echo>('echo-bot/bot.ts');
      await serve(await createEchoBot(given));
      phone().say('Hello');
      await phone().waitFor(() => answers().length === 1);
      assert.equal(answers()[0]?.text, 'You said: Hello');
      const shown = phone().timeline.map(({ what }) => what);
      assert.deepEqual(shown.slice(0, 6), [
        'customer',
        'delivered',
        'blue',
        'typing',
        'typingEnd',
        'business',
      ]);
    });

    it('hand-off: what is written while an agent is awaited turns blue when one looks', async () => {
      const { createDesk } = await load<typeof Desk>('hand-off/bot.ts');
      const handed = Promise.withResolvers<string>();
      const desk = await serve(await createDesk({ ...given, waiting: handed.resolve }));
      phone().say('A person, please');
      assert.equal(await handed.promise, customer);
      assert.equal(answers()[0]?.text, 'I get somebody.');
      const second = phone().say('Are you there?');
      await simulator.idle();
      assert.equal(await desk.holder(customer), 'queue');
      assert.ok(!isRead(second.id));
      await desk.open(customer);
      await phone().waitFor(() => isRead(second.id));
      await desk.reply(customer, 'Now I am.');
      await phone().waitFor(() => answers()[1]?.text === 'Now I am.');
      await desk.done(customer);
      assert.equal(await desk.holder(customer), 'bot');
    });

    it('ledger-only: every tick is told, and nothing is ever marked read', async () => {
      const { createLedger } = await load<typeof Ledgers>('ledger-only/ledger.ts');
      const levels: string[] = [];
      const read = Promise.withResolvers<void>();
      const ledger = await serve(
        await createLedger({
          ...given,
          told(event) {
            if (event.type !== 'message.level') return;
            levels.push(event.level);
            if (event.level === 'read') read.resolve();
          },
        }),
      );
      const order = phone().say('I would like three of them');
      await simulator.idle();
      await ledger.notify(customer, 'They are on their way.');
      phone().open();
      await read.promise;
      assert.deepEqual(levels, ['sent', 'delivered', 'read']);
      assert.ok(!isRead(order.id));
      await assert.rejects(ledger.notify('4915559999999', 'Hello'), /has not written yet/);
    });

    it('sidecar: a message turns blue when an agent elsewhere opens it, and nothing is answered', async () => {
      const { createSidecar } = await load<typeof Sidecars>('sidecar/sidecar.ts');
      const sidecar = await serve(await createSidecar(given));
      const { id } = phone().say('Hello');
      await simulator.idle();
      await sidecar.agent(customer, 'accepted');
      assert.ok(!isRead(id));
      await sidecar.agent(customer, 'opened');
      await phone().waitFor(() => isRead(id));
      assert.deepEqual(answers(), []);
    });

    it('agents-sdk: the answer goes out by the connector, the receipt by the channel', async () => {
      const { createAgent } = await load<typeof Agents>('agents-sdk/agent.ts');
      const connector = await startConnector();
      ends.defer(() => connector.close());
      const { app, close } = await createAgent({ auth: {}, ...given });
      ends.defer(close);
      const { createServer } = await import('node:http');
      const url = await listen(createServer(app));
      const message = phone().say('Hello');
      const response = await fetch(`${url}api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(testing.activityOf(message, { serviceUrl: connector.url })),
      });
      assert.equal(response.status, 200);
      const [reply] = await connector.waitFor(1, 'message');
      assert.equal(reply?.activity.text, 'You said: Hello');
      await phone().waitFor(() => isRead(message.id));
    });
  });
}

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** A web hook as its receiver got it. */
interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly message?: string; readonly level?: string };
}

describe('web hooks of a host', function () {
  this.timeout(40_000);
  let receiver: Server;
  let api: ApiHost;
  let told: Told[];
  let happened: EventEmitter;
  /** What the receiver answers. */
  let status: number;

  beforeEach(async () => {
    told = [];
    happened = new EventEmitter();
    status = 204;
    receiver = createServer(async (request, response) => {
      const body = await buffer(request);
      const headers = request.headers as Record<string, string>;
      // Throws where the signature is not that of the secret: then nothing is told, and the test waits in vain.
      const { type, data } = new Webhook(secret).verify(body, headers) as Told;
      told.push({ id: String(headers['webhook-id']), type, data });
      // restify's `writeHead`, which this process has for every server, answers nothing.
      response.statusCode = status;
      response.end();
      happened.emit('told');
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`;
    api = await startApiHost({
      BLUETICK_ALLOWED_HOOKS: url,
      BLUETICK_HOOKS: url,
      BLUETICK_HOOK_SECRET: secret,
    });
  });
  afterEach(async () => {
    await api.close();
    receiver.close();
    receiver.closeAllConnections();
  });

  /** Waits for a web hook that is like this. */
  async function until(isIt: (one: Told) => boolean, from = 0): Promise<Told> {
    const signal = AbortSignal.timeout(20_000);
    for (;;) {
      const found = told.slice(from).find(isIt);
      if (found !== undefined) return found;
      await once(happened, 'told', { signal }).catch(() => assert.fail(`only ${JSON.stringify(told)}`));
    }
  }
  async function send(): Promise<string> {
    const conversation = await api.conversationWith(api.simulator.phone('4915550001111'));
    const path = `/conversations/${conversation}/messages`;
    return (await api.call('POST', path, { text: 'Come by until 18.' })).body.ref;
  }
  const ofLevel =
    (message: string, level: string) =>
    ({ type, data }: Told) =>
      type === 'message.level' && data.message === message && data.level === level;

  it('tell, signed, what becomes of a message, and are counted', async () => {
    const message = await send();
    for (const level of ['sent', 'delivered']) await until(ofLevel(message, level));
    const { body } = await api.call('GET', '/insights');
    const { pending, delivered, retried, givenUp, dropped } = body.ledger.webHooks;
    assert.ok(pending >= 0 && delivered >= 1);
    assert.deepEqual([retried, givenUp, dropped], [0, 0, 0]);
  });

  it('that were not taken are told by the next process, under the same id', async () => {
    status = 503;
    const message = await send();
    const first = await until(ofLevel(message, 'delivered'));
    await api.restart();
    const before = told.length;
    status = 204;
    const again = await until(ofLevel(message, 'delivered'), before);
    assert.equal(again.id, first.id);
  });

  it('are kept no more for an address that answers 410', async () => {
    status = 410;
    await send();
    const counts = async () => (await api.call('GET', '/insights')).body.ledger.webHooks;
    const late = AbortSignal.timeout(20_000);
    while ((await counts()).givenUp === 0) late.throwIfAborted();
    const next = await send();
    await api.until(`/messages/${next}`, ({ level }) => level === 'delivered');
    const { hooks } = await api.host.app.store.claimHooks(Number.MAX_SAFE_INTEGER, 1000, 0);
    const kept = hooks.map(({ event }) => 'message' in event && event.message);
    assert.ok(![...kept, ...told.map(({ data }) => data.message)].includes(next));
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';
import { type Connector, startConnector } from '../support/connector.ts';

describe('the host, when it is closed', () => {
  let folder: string;
  let connector: Connector;
  let host: Host;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-host-'));
    connector = await startConnector();
  });
  afterEach(async () => {
    await connector.close();
    await rm(folder, { recursive: true });
  });

  async function start(policy: object = {}, drainMs?: number): Promise<void> {
    const BLUETICK_POLICY = join(folder, 'policy.json');
    await writeFile(BLUETICK_POLICY, JSON.stringify({ channels: { emulator: policy } }));
    const config = readConfig({ PORT: '0', BLUETICK_DATA: folder, BLUETICK_POLICY });
    host = await startHost(config, pino({ level: 'silent' }), drainMs);
  }

  const headers = { 'content-type': 'application/json' };
  const say = () =>
    fetch(`http://127.0.0.1:${host.port}/api/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        type: 'message',
        id: 'activity-1',
        channelId: 'emulator',
        serviceUrl: connector.url,
        conversation: { id: 'conversation-1' },
        from: { id: 'user-1', role: 'user' },
        recipient: { id: 'bot-1', role: 'bot' },
        text: 'hello',
      }),
    });

  /** Asks by a connection of its own; answers the first that comes back, and what resolves when the connection ends. */
  async function ask(request: string): Promise<{ first: string; over: Promise<void> }> {
    const socket = connect(host.port, '127.0.0.1');
    const over = new Promise<void>(resolve => socket.once('close', () => resolve()));
    socket.write(request);
    const [first] = await once(socket, 'data');
    // Where it is cut, that may be by a reset.
    socket.on('error', () => {});
    return { first: String(first), over };
  }

  it('lets what is under way take its time, and takes nothing new', async () => {
    await start({ think: { delay: { minMs: 1000 } } });
    const begin = performance.now();
    const answer = say();
    await connector.waitFor(1, 'typing');
    const closed = host.close();
    await assert.rejects(fetch(`http://127.0.0.1:${host.port}/healthz`), TypeError);
    assert.equal((await answer).status, 200);
    const tookMs = performance.now() - begin;
    assert.ok(tookMs >= 990, `The bot thought for the whole second, not cut short at ${tookMs} ms`);
    assert.equal((await connector.waitFor(1, 'message')).length, 1);
    await closed;
  });

  it('does not wait for a request that never ends', async () => {
    await start({}, 100);
    const { first, over } = await ask(
      'POST /webhooks/simulator HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n',
    );
    assert.match(first, /^HTTP\/1\.1 100 /, 'it has been taken, and its body never comes');
    await host.close();
    await over;
  });

  it('does not wait for connections that ask for nothing, whatever they were answered', async () => {
    await start({}, 60_000);
    const heads = [
      'GET /healthz HTTP/1.1\r\nHost: a',
      'GET /nowhere HTTP/1.1\r\nHost: a',
      'GET / HTTP/1.1\r\nHost: /',
    ];
    const answers = await Promise.all(heads.map(head => ask(`${head}\r\n\r\n`)));
    assert.deepEqual(
      answers.map(({ first }) => first.slice(9, 12)),
      ['200', '404', '400'],
    );
    await host.close();
    await Promise.all(answers.map(({ over }) => over));
  }).timeout(10_000);
});

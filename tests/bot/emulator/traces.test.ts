import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { pino } from 'pino';
import { ConnectorAdapter } from '../../../bot/connectorAdapter.ts';
import { EmulatorLine } from '../../../bot/emulator/emulatorLine.ts';
import { TraceQueue } from '../../../bot/emulator/traceQueue.ts';
import { traceReceipts } from '../../../bot/emulator/traceReceipts.ts';
import type { InboundMessage } from '../../../middleware/domain.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, held, lane, later, message, now } from '../../contract/storeSamples.ts';
import { type Connector, startConnector } from '../../support/connector.ts';

/** An Emulator that takes a trace and answers it when it is told to. */
async function startSlowEmulator() {
  const labels: unknown[] = [];
  const answers: ServerResponse[] = [];
  const events = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { label } = (await json(request)) as { label?: unknown };
    response.once('close', () => events.emit('closed'));
    labels.push(label);
    answers.push(response);
    events.emit('asked');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const signal = () => ({ signal: AbortSignal.timeout(10_000) });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    labels,
    /** Waits until so many traces have come in all. */
    async asked(count: number) {
      while (labels.length < count) await once(events, 'asked', signal());
    },
    /** The next time that a trace is over. */
    closed: () => once(events, 'closed', signal()),
    answerNext() {
      const answer = answers.shift();
      answer?.setHeader('content-type', 'application/json');
      answer?.end('{"id":"sent"}');
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

describe('the traces of the Emulator', () => {
  const log = pino({ level: 'silent' });
  let quick: Connector;
  let slow: Awaited<ReturnType<typeof startSlowEmulator>>;
  let line: EmulatorLine;
  beforeEach(async () => {
    [quick, slow] = await Promise.all([startConnector(), startSlowEmulator()]);
    start();
  });
  afterEach(async () => {
    line.close();
    await Promise.all([quick.close(), slow.close()]);
  });

  function start(timeLimitMs?: number): void {
    const adapter = new ConnectorAdapter(new ConfigurationBotFrameworkAuthentication({}));
    line = new EmulatorLine('', adapter, timeLimitMs);
    for (const [id, serviceUrl] of Object.entries({ quick: quick.url, slow: slow.url })) {
      const about = { conversation: { id }, from: { id: 'user-1' }, recipient: { id: 'bot-1' }, serviceUrl };
      line.remember({ type: 'message', id: 'activity-1', channelId: 'emulator', ...about });
    }
  }
  const trace = (label: string) => ({ type: 'trace', name: 'Bluetick', label });
  const shown = async (count: number) =>
    (await quick.waitFor(count, 'trace')).map(({ activity }) => activity.label);

  it('wait for those before them in their conversation, and for no others', async () => {
    const traces = new TraceQueue(line, log);
    traces.add('slow', trace('never answered'));
    traces.add('slow', trace('waits'));
    for (const label of ['one', 'two', 'three']) traces.add('quick', trace(label));
    assert.deepEqual(await shown(3), ['one', 'two', 'three']);
    await slow.asked(1);
    assert.deepEqual(slow.labels, ['never answered']);
    slow.answerNext();
    await slow.asked(2);
  });

  it('are given up when the Emulator does not answer in time, with their connection', async () => {
    start(100);
    const traces = new TraceQueue(line, log);
    const closed = slow.closed();
    traces.add('slow', trace('never answered'));
    traces.add('slow', trace('next'));
    await closed;
    await slow.asked(2);
    assert.deepEqual(slow.labels, ['never answered', 'next']);
  });

  it('wait at most a hundred in a conversation; the newest are dropped', async () => {
    const traces = new TraceQueue(line, log);
    for (let index = 0; index < 150; index += 1) traces.add('slow', trace(`${index}`));
    for (let count = 1; count <= 101; count += 1) {
      await slow.asked(count);
      if (count < 101) slow.answerNext();
    }
    traces.add('slow', trace('last'));
    slow.answerNext();
    await slow.asked(102);
    assert.deepEqual(slow.labels, [...Array.from({ length: 101 }, (_, index) => `${index}`), 'last']);
  });

  it('end when the line is closed: what is under way is cut off, what waits is not sent', async () => {
    const traces = new TraceQueue(line, log);
    const closed = slow.closed();
    traces.add('slow', trace('under way'));
    traces.add('slow', trace('waits'));
    await slow.asked(1);
    line.close();
    await closed;
    await assert.rejects(line.speak('quick', [trace('late')]), { name: 'AbortError' });
    assert.deepEqual([slow.labels, quick.received], [['under way'], []]);
  });

  it('show what the hold bar holds and frees, after what moved it', async () => {
    const store = await openSqliteStore({ path: ':memory:', thread: false });
    const watched = traceReceipts(store, new TraceQueue(line, log));
    const come = (id: string, over: Partial<InboundMessage> = {}) =>
      message(id, { channel: 'emulator', business: 'emulator', customer: 'quick', ...over });
    try {
      await watched.admit(batch([admission(come('w2', { sentAt: now + 1 }), later(now + 60_000))]));
      const { admitted } = await watched.admit(batch([admission(come('w1'), held)]));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const ended = { ref, outcome: 'skipped', because: 'the conversation is closed', at: now } as const;
      await watched.changeReceipts(conversation.id, [ended], lane);
      assert.deepEqual(await shown(5), [
        'Receipt scheduled: delay',
        'Receipt held: read.when is manual',
        'Receipt held: an earlier message of the conversation is held, and reading this one would read it too',
        'Receipt skipped: the conversation is closed',
        'Receipt scheduled: its moment has come, and no earlier message is held any more',
      ]);
      const values = quick.received.map(({ activity }) => (activity.value as { message: string }).message);
      assert.deepEqual(values, ['m1', 'm2', 'm1', 'm2', 'm1']);
    } finally {
      await store.close();
    }
  });
});

import assert from 'node:assert/strict';
import { pino } from 'pino';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { type IngestionServer, startIngestionServer } from '../../support/ingestionServer.ts';

/** A line of the log. */
interface Line {
  readonly msg: string;
  readonly conversation?: string;
  readonly message?: string;
  readonly answers?: string;
  readonly trace?: string;
}

describe('the log', () => {
  let azure: IngestionServer;
  let api: ApiHost;
  const lines: Line[] = [];
  const log = pino({ level: 'debug' }, { write: line => void lines.push(JSON.parse(line)) });

  before(async () => {
    process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
    azure = await startIngestionServer();
    const settings = { APPLICATIONINSIGHTS_CONNECTION_STRING: azure.connectionString };
    api = await startApiHost(settings, config => config, log);
  });

  after(async () => {
    await api.close();
    await azure.close();
    delete process.env.APPLICATION_INSIGHTS_NO_STATSBEAT;
  });

  it('leads from a message’s webhook over its receipt to its reply, by message, conversation and trace', async () => {
    const conversation = await api.conversationWith(api.simulator.phone('4915550007301'));
    await api.conversationWith(api.simulator.phone('4915550007302'));
    const [admitted] = lines.filter(({ msg }) => msg === 'Message admitted');
    assert.equal(admitted?.conversation, conversation);
    assert.match(String(admitted?.trace), /^[\da-f]{32}$/);
    const { message, trace } = admitted ?? assert.fail();
    const about = lines.filter(line => line.message === message || line.answers === message);
    assert.deepEqual(about.map(({ msg }) => msg).sort(), [
      'Message admitted',
      'Message sent',
      'Receipt sent',
    ]);
    for (const line of about) {
      assert.equal(line.conversation, conversation, line.msg);
      assert.equal(line.trace, trace, line.msg);
    }
    assert.deepEqual(
      lines.filter(line => line.trace === trace),
      about,
    );
  });
});

describe('the log without an SDK', () => {
  it('has no traces', async () => {
    const lines: Line[] = [];
    const log = pino({ level: 'debug' }, { write: line => void lines.push(JSON.parse(line)) });
    const api = await startApiHost({}, config => config, log);
    await api.conversationWith(api.simulator.phone('4915550007303'));
    await api.close();
    assert.ok(lines.some(({ msg }) => msg === 'Receipt sent'));
    assert.ok(lines.every(({ trace }) => trace === undefined));
  });
});

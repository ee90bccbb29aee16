import assert from 'node:assert/strict';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { commands } from '../../../middleware/commands/commands.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { facesOfCommands, facesOfTools } from '../../support/commandFaces.ts';
import { mcpClient } from '../../support/mcpClient.ts';
import { sessionsOf, signedInAs } from '../../support/signedIn.ts';

describe('the commands as tools', function () {
  this.timeout(20_000);
  const customer = '4915550001111';
  let api: ApiHost;
  let client: Client;
  before(async () => {
    api = await startApiHost();
    await api.conversationWith(api.simulator.phone(customer, { name: 'Anna' }));
    client = await mcpClient(api.host.url, { 'x-api-key': api.key });
  });
  after(async () => {
    await client.close();
    await api.close();
  });

  /** What a tool answered: its answer, or its error. */
  async function call(name: string, given: object, as = client) {
    const result = await as.callTool({ name, arguments: { ...given } });
    const [content] = result.content as { type: string; text: string }[];
    return { isError: result.isError === true, answer: JSON.parse(String(content?.text)), result };
  }

  it('introduce themselves', () => {
    assert.equal(client.getServerVersion()?.name, 'bluetick');
    assert.match(String(client.getInstructions()), /exactly one/);
  });

  it('say what the commands say', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(facesOfTools(tools), facesOfCommands(commands));
    const reading = tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name);
    assert.deepEqual(reading.sort(), ['ExplainPolicy', 'GetConversation', 'GetMessageStatus']);
  });

  it('do what they say, with an answer that the client has checked', async () => {
    const { answer, result } = await call('GetConversation', { customer });
    assert.deepEqual(result.structuredContent, answer);
    assert.deepEqual([answer.channel, answer.holder, answer.outcome], ['simulator', 'bot', 'sent']);
    const set = await call('SetReceiptPolicy', { conversationId: answer.conversationId, readWhen: 'manual' });
    assert.equal(set.answer.canHold, true);
    const explained = await call('ExplainPolicy', { customer });
    assert.equal(explained.answer.readWhen, 'manual');
  });

  it('tell a model what went wrong, so that it can do better', async () => {
    const none = await call('MarkRead', {});
    assert.deepEqual([none.isError, none.answer.error.code], [true, 'invalid_request']);
    assert.match(none.answer.error.message, /exactly one of messageId, conversationId, customer/);
    const unknown = await call('MarkRead', { messageId: 'nobody-s', channel: 'simulator' });
    assert.equal(unknown.answer.error.code, 'unknown_message');
    await assert.rejects(client.callTool({ name: 'Unread', arguments: {} }), /no such tool/);
  });

  it('ask for a role as the API does', async () => {
    const sessions = sessionsOf(api.key, api.host.app.store);
    const agent = await mcpClient(api.host.url, { ...(await signedInAs(sessions, 'agent', 'Kim')) });
    assert.equal((await call('GetConversation', { customer }, agent)).isError, false);
    const refused = await call('SetReceiptPolicy', { customer, readWhen: 'never' }, agent);
    assert.equal(refused.answer.error.code, 'forbidden');
    await agent.close();
  });

  it('are for who has a key or a token alone', async () => {
    for (const headers of [{}, { 'x-api-key': 'another' }] as Record<string, string>[])
      await assert.rejects(mcpClient(api.host.url, headers), /401|unauthorized/i);
  });

  it('keep no session, and open no stream', async () => {
    for (const method of ['GET', 'DELETE']) {
      const headers = { 'x-api-key': api.key, accept: 'text/event-stream' };
      const answer = await fetch(`${api.host.url}/mcp`, { method, headers });
      assert.equal(answer.status, 405, method);
    }
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const answer = await fetch(`${api.host.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${api.key}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify(message),
    });
    assert.match(String(answer.headers.get('content-type')), /^application\/json/);
    assert.equal(answer.headers.get('mcp-session-id'), null);
    const { result } = (await answer.json()) as { result: { tools: object[] } };
    assert.equal(result.tools.length, commands.length);
  });

  const statusOf = async (body: string) => {
    const headers = {
      'x-api-key': api.key,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    };
    return (await fetch(`${api.host.url}/mcp`, { method: 'POST', headers, body })).status;
  };

  it('read bodies under the rules of the API: not too large, not too deep, no key of a prototype', async () => {
    const list = (more: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', ...more });
    assert.equal(await statusOf(list({})), 200);
    assert.equal(await statusOf(list({ params: { _meta: { x: 'x'.repeat(300_000) } } })), 413);
    const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
    assert.equal(await statusOf(list({}).replace('}', `,"params":{"_meta":{"x":${deep}}}}`)), 400);
    assert.equal(await statusOf(list({}).replace('}', ',"params":{"__proto__":{"a":1}}}')), 400);
  });

  it('answer what is no message of the protocol, and go on', async () => {
    for (const body of ['{', '"hello"', '{"jsonrpc":"1.0"}']) assert.equal(await statusOf(body), 400, body);
    assert.equal((await client.listTools()).tools.length, commands.length);
  });
});

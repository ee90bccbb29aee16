import assert from 'node:assert/strict';
import SwaggerParser from '@apidevtools/swagger-parser';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { commands } from '../../../middleware/commands/commands.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { facesOfCommands, facesOfSwagger, type SwaggerFace } from '../../support/commandFaces.ts';
import { sessionsOf, signedInAs } from '../../support/signedIn.ts';

describe('the commands over REST', function () {
  this.timeout(20_000);
  const customer = '4915550001111';
  let api: ApiHost;
  let phone: Phone;
  before(async () => {
    api = await startApiHost();
    phone = api.simulator.phone(customer, { name: 'Anna' });
    await api.conversationWith(phone);
  });
  after(() => api.close());

  const run = (name: string, body: unknown, headers?: Record<string, string>) =>
    api.call('POST', `/commands/${name}`, body, headers);
  const swagger = async () =>
    (await (await fetch(`${api.host.url}/openapi.json`)).json()) as SwaggerFace & Record<string, unknown>;

  it('are told by /openapi.json, which is valid and says what the commands say', async () => {
    const document = await swagger();
    assert.deepEqual(facesOfSwagger(document), facesOfCommands(commands));
    assert.deepEqual(
      [document.host, document.basePath, document.schemes],
      [new URL(api.host.url).host, '/', ['http']],
    );
    await SwaggerParser.validate(document as never);
  });

  it('are served where it says', async () => {
    for (const path of Object.keys((await swagger()).paths)) {
      const { status, body } = await api.call('POST', path.replace('/api/v1', ''), {});
      assert.deepEqual([status, body.error.code], [400, 'invalid_request'], path);
    }
  });

  it('do what they say for a customer of whom only the number is known', async () => {
    const set = await run('SetReceiptPolicy', { customer: `+${customer}`, readWhen: 'manual' });
    assert.deepEqual([set.status, set.body.readWhen, set.body.canHold], [200, 'manual', true]);
    await api.conversationWith(phone);
    const { body: held } = await run('GetConversation', { customer });
    assert.deepEqual([held.outcome, held.openReceipts, held.holder], ['held', 1, 'bot']);
    const { status, body } = await run('MarkRead', { customer });
    assert.deepEqual([status, body.outcome, body.count], [200, 'sent', 1]);
    await phone.waitFor(({ messages }) =>
      messages.filter(({ from }) => from === 'customer').every(message => message.tick === 'read'),
    );
    assert.ok(!JSON.stringify([set, held, body]).includes(customer), 'the number is not repeated');
    await run('SetReceiptPolicy', { customer, reset: true });
  });

  it('send a message, and follow it', async () => {
    const { status, body } = await run('SendMessage', { customer, text: 'It is on its way.' });
    assert.deepEqual([status, body.channel, body.sending], [200, 'simulator', 'sent']);
    const { messageId, channel } = body;
    const found = await run('GetMessageStatus', { messageId, channel });
    assert.deepEqual([found.status, found.body.direction], [200, 'outbound']);
  });

  it('are refused in the one form, with the field', async () => {
    for (const [name, body, status, error] of [
      ['MarkRead', {}, 400, { code: 'invalid_request', field: 'messageId' }],
      ['MarkRead', { customer, read: true }, 400, { code: 'invalid_request', field: 'read' }],
      ['MarkRead', [], 400, { code: 'invalid_request' }],
      ['MarkRead', { messageId: 'none', channel: 'simulator' }, 404, { code: 'unknown_message' }],
      ['GetConversation', { customer: '4915559999999' }, 404, { code: 'unknown_message' }],
      ['GetConversation', { conversationId: 'c_nobody' }, 404, { code: 'unknown_conversation' }],
      [
        'SetReceiptPolicy',
        { customer, replyDelayMs: 9, replyMaxDelayMs: 1 },
        400,
        { code: 'invalid_policy', field: 'replyDelayMs' },
      ],
      ['Unread', { customer }, 404, { code: 'unknown_route' }],
    ] as const) {
      const answer = await run(name, body);
      const { message, ...rest } = answer.body.error;
      assert.deepEqual([answer.status, rest], [status, error], `${name}: ${message}`);
    }
  });

  it('ask for the roles that the console asks for', async () => {
    const sessions = sessionsOf(api.key, api.host.app.store);
    const agent = { ...(await signedInAs(sessions, 'agent', 'Kim')) };
    const supervisor = { ...(await signedInAs(sessions, 'supervisor', 'Sam')) };
    const policy = { customer, readWhen: 'replying' };
    assert.equal((await run('GetConversation', { customer }, agent)).status, 200);
    assert.equal((await run('SetReceiptPolicy', policy, agent)).body.error.code, 'forbidden');
    assert.equal((await run('SetReceiptPolicy', policy, supervisor)).status, 200);
    const other = await run('ReportAgentEvent', { customer, event: 'opened', agent: 'Lee' }, agent);
    assert.equal(other.body.error.code, 'forbidden');
    const own = await run('ReportAgentEvent', { customer, event: 'opened' }, agent);
    assert.deepEqual([own.body.holder, own.body.agent], ['agent', 'Kim']);
  });
});

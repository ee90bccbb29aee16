import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deliverToDataverse, inConversation, reference, workItemBody } from '../support/dataverse.ts';
import { answerXml, type DynamicsDoor, openDynamicsDoor } from '../support/dynamicsDoor.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../support/twilioStandIn.ts';
import { deliver, inboundForm } from '../support/twilioWebhooks.ts';

const publicUrl = 'https://bot.example.com';
const apiKey = 'a-key-for-the-tests-0123456789';
const dataverseKey = 'the-key-of-dataverse-0123456789';
const agentsPage = 'https://contoso.crm.dynamics.com';
const agent = 'dddddddd-0000-4000-8000-000000000001';
const [support, sales, none] = ['14155238886', '14155238887', '14155238888'] as const;

describe('beside Dynamics 365, which owns a Twilio number', function () {
  this.timeout(40_000);
  let twilio: TwilioStandIn;
  let door: DynamicsDoor;
  let host: HostProcess;
  let folder: string;
  let customers = 0;
  let output = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-twilio-sidecar-'));
    const reading = (business: string, read: string) => ({
      match: { businesses: [business] },
      policy: { read: { acceptTypingWithRead: true }, handoff: { read } },
    });
    const workstreams = { support: reading(support, 'agentOpened'), sales: reading(sales, 'agentAccepted') };
    await writeFile(join(folder, 'policy.json'), JSON.stringify({ workstreams }));
    twilio = await startTwilioStandIn();
    door = await openDynamicsDoor(twilio.authToken);
    await start();
  });
  after(async () => {
    await host.end('SIGTERM');
    await door.close();
    await twilio.close();
    await rm(folder, { recursive: true });
  });

  const start = async () => {
    host = await startHostProcess({
      BLUETICK_MODE: 'sidecar',
      BLUETICK_API_KEY: apiKey,
      BLUETICK_DATA: join(folder, 'data'),
      BLUETICK_POLICY: join(folder, 'policy.json'),
      BLUETICK_CORS_ORIGINS: agentsPage,
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_WHATSAPP_NUMBER: [support, sales, none].map(number => `+${number}`).join(),
      TWILIO_API_URL: twilio.origin,
      TWILIO_MESSAGING_URL: twilio.origin,
      TWILIO_FORWARD_URL: door.url,
      PUBLIC_URL: publicUrl,
      DATAVERSE_WEBHOOK_KEY: dataverseKey,
      DATAVERSE_CORRELATE_BY: 'customer:new_phone',
      LOG_LEVEL: 'debug',
    });
  };

  async function ask(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const answer = await fetch(`${host.url}/api/v1/${path}`, {
      method,
      headers: { ...(headers.authorization === undefined && { 'x-api-key': apiKey }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
    return { status: answer.status, body: (await answer.json()) as any };
  }

  /** A customer of a number who writes, and the work item that Dynamics makes of it. */
  function newCustomer(business: string) {
    customers += 1;
    const customer = `4915550${String(700_000 + customers)}`;
    const workItem = `cccccccc-0000-4000-8000-${String(customers).padStart(12, '0')}`;
    const messages: string[] = [];
    return {
      customer,
      messages,
      /** Writes once more, or has Twilio bring the same message again; what Twilio is answered. */
      async writes(messageId = twilio.receive()) {
        if (!messages.includes(messageId)) messages.push(messageId);
        const { accountSid, authToken } = twilio;
        const form = inboundForm({ accountSid, business, customer }, messageId);
        const headers = { 'i-twilio-idempotency-token': `token-of-${messageId}` };
        const options = { authToken, headers };
        const answer = await deliver(host.url, publicUrl, '/webhooks/twilio', form, options);
        return [answer.status, await answer.text()];
      },
      async accepted() {
        const after = { new_phone: `+${customer}`, msdyn_activeagentid: reference(agent) };
        const body = workItemBody({ workItem, at: Date.now(), target: inConversation, after });
        const url = `${host.url}/webhooks/dataverse?code=${dataverseKey}`;
        assert.deepEqual(await (await deliverToDataverse(url, body)).json(), {
          items: [{ outcome: 'applied' }],
        });
      },
      /** As the script in the agent's browser reports it: with a token, from the agents' page. */
      async opened() {
        const { token } = (await ask('POST', 'tokens', { agent })).body;
        const headers = { authorization: `Bearer ${token}`, origin: agentsPage };
        const path = `work-items/${workItem}/agent-events`;
        assert.equal((await ask('POST', path, { event: 'opened' }, headers)).status, 200);
      },
      async outcomes(): Promise<string[]> {
        const { items } = (await ask('GET', 'conversations?limit=100')).body;
        const { id } = items.find(({ customer: { masked } }: { customer: { masked: string } }) =>
          masked.endsWith(customer.slice(-2)),
        );
        const receipts = (await ask('GET', `conversations/${id}/receipts`)).body.items;
        return receipts.map(({ outcome }: { outcome: string }) => outcome).sort();
      },
      /** What reached Dynamics of it, in order; rightly signed for its address, else it takes nothing. */
      reached: () =>
        door.taken
          .filter(({ From }) => From === `whatsapp:+${customer}`)
          .map(({ MessageSid = '' }) => messages.indexOf(MessageSid) + 1),
      /** The calls that Twilio has had about it. */
      calls: () =>
        twilio.calls
          .filter(({ body }) => messages.includes((body as { messageId: string }).messageId))
          .map(({ path, body }) => [path, body]),
      blue: () => twilio.waitFor(() => messages.some(message => twilio.read.includes(message)), 10_000),
    };
  }
  const oneCall = (messageId: string | undefined) => [
    ['/v2/Indicators/Typing.json', { messageId, channel: 'whatsapp' }],
  ];

  it('turns nothing blue before an agent has opened it, where the workstream says so; then in one call', async () => {
    const anna = newCustomer(support);
    for (const _message of [1, 2]) assert.deepEqual(await anna.writes(), [200, answerXml]);
    assert.deepEqual(anna.reached(), [1, 2]);
    assert.deepEqual([await anna.outcomes(), anna.calls()], [['held', 'held'], []]);
    await anna.accepted();
    assert.deepEqual([await anna.outcomes(), anna.calls()], [['held', 'held'], []]);
    await anna.opened();
    await anna.blue();
    await anna.opened();
    // Twilio brings the first once more: neither Dynamics nor the customer notices.
    assert.deepEqual(await anna.writes(anna.messages[0]), [200, '']);
    assert.deepEqual(await anna.outcomes(), ['covered', 'sent']);
    assert.deepEqual([anna.reached(), anna.calls()], [[1, 2], oneCall(anna.messages[1])]);
  });

  it('turns it blue when an agent has accepted, where the workstream says that; opening it changes nothing', async () => {
    const ben = newCustomer(sales);
    for (const _message of [1, 2]) await ben.writes();
    assert.deepEqual(await ben.outcomes(), ['held', 'held']);
    await ben.accepted();
    await ben.blue();
    await ben.opened();
    assert.deepEqual(await ben.outcomes(), ['covered', 'sent']);
    assert.deepEqual([ben.reached(), ben.calls()], [[1, 2], oneCall(ben.messages[1])]);
  });

  it('reads nothing where no policy accepts that it shows typing, and Dynamics has it all the same', async () => {
    const carl = newCustomer(none);
    await carl.writes();
    await carl.accepted();
    await carl.opened();
    assert.deepEqual([await carl.outcomes(), carl.reached(), carl.calls()], [['unsupported'], [1], []]);
  });

  it('brings Dynamics what it did not take, though the host is killed meanwhile', async () => {
    const dora = newCustomer(support);
    door.strike({ status: 503 });
    assert.deepEqual(await dora.writes(), [200, '']);
    // Asked behind it, so that the store has by now that it has to come again.
    assert.deepEqual([await dora.outcomes(), dora.reached()], [['held'], []]);
    await host.end('SIGKILL');
    output += host.output();
    const calls = door.calls.length;
    await start();
    await door.called(calls + 1);
    assert.deepEqual(dora.reached(), [1]);
    await dora.accepted();
    await dora.opened();
    await dora.blue();
    assert.deepEqual(dora.calls(), oneCall(dora.messages[0]));
  });

  it('has written no number, no key, no token and no address', async () => {
    output += host.output();
    assert.match(output, /Dynamics 365 told of a work item/);
    for (const hidden of ['4915550', support, apiKey, dataverseKey, twilio.authToken, 'eyJ', 'contoso'])
      assert.ok(!output.includes(hidden), hidden);
  });
});

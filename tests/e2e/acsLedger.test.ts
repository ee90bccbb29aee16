import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureMeanings } from '../../middleware/channels/failureMap.ts';
import {
  type AcsEvent,
  deliver,
  inCloudSchema,
  inGridSchema,
  receivedEvent,
  statusEvent,
} from '../support/acsEvents.ts';
import { type AcsStandIn, startAcsStandIn } from '../support/acsStandIn.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { LedgerApi } from '../support/ledgerApi.ts';

const channelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const secret = 'the-webhook-secret-0123456789';
const apiKey = 'a-key-for-the-tests-0123456789';
const userId = 'US.13491208655302741918';
/** When the customers of this suite have their messages, on a whole second: ACS tells no parts of it. */
const base = Math.floor(Date.now() / 1000) * 1000;
const later = (seconds: number) => base + seconds * 1000;

describe('what became of a message, over ACS', function () {
  this.timeout(40_000);
  let acs: AcsStandIn;
  let host: HostProcess;
  let folder: string;
  let customers = 0;
  const api = new LedgerApi(() => host, apiKey);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-acs-ledger-'));
    acs = await startAcsStandIn({ channelIds: [channelId] });
    host = await startHostProcess({
      ACS_CONNECTION_STRING: acs.connectionString,
      ACS_CHANNEL_ID: channelId,
      ACS_WEBHOOK_SECRET: secret,
      BLUETICK_API_KEY: apiKey,
      BLUETICK_DATA: join(folder, 'data'),
      LOG_LEVEL: 'debug',
    });
  });
  after(async () => {
    await host.end('SIGTERM');
    await acs.close();
    await rm(folder, { recursive: true });
  });

  const url = () => `${host.url}/webhooks/acs?code=${secret}`;
  /** Delivers a body; it must be taken. */
  async function tell(body: object, headers: Record<string, string> = {}): Promise<void> {
    const response = await deliver(url(), body, { headers });
    assert.equal(response.status, 200, await response.text());
  }
  /** A customer writes and is answered: the ids of the customer and of the answer, which the ledger has. */
  async function answered(from?: string): Promise<{ customer: string; messageId: string }> {
    customers += 1;
    const customer = from ?? `4915550${String(400_000 + customers)}`;
    const to = customer.startsWith('US.') ? customer : `+${customer}`;
    const ends = customer.startsWith('US.') ? { from: '', fromBSUID: customer } : { from: customer };
    const messageId = acs.receive();
    await tell(
      inGridSchema([receivedEvent({ to: channelId, ...ends, messageId, content: 'thanks' }, later(-5))]),
    );
    const [id] = await acs.waitFor(() => [...acs.sent].find(([, sent]) => sent.to[0] === to), 20_000);
    await api.until(id, () => true);
    return { customer, messageId: id };
  }
  const status = (
    { customer, messageId }: { customer: string; messageId: string },
    word: string,
    at: number,
    more: Record<string, unknown> = {},
  ): AcsEvent => statusEvent({ from: channelId, to: customer, messageId, status: word, ...more }, at);

  for (const [schema, write, type] of [
    ['Event Grid’s schema', inGridSchema, 'application/json; charset=utf-8'],
    ['CloudEvents', inCloudSchema, 'application/cloudevents-batch+json; charset=utf-8'],
  ] as const) {
    it(`is told by statuses in ${schema}, out of order and more than once`, async () => {
      const sent = await answered();
      const events = ['Read', 'Sent', 'Read', 'Delivered'].map((word, index) =>
        status(sent, word, later(10 - index)),
      );
      const headers = { 'content-type': type };
      await tell(write(events.slice(0, 1)), headers);
      const early = await api.message(sent.messageId);
      assert.deepEqual([early?.level, early?.implied], ['read', ['sent', 'delivered']]);
      await tell(write(events), headers);
      await tell(write(events.toReversed()), headers);
      const view = await api.message(sent.messageId);
      assert.deepEqual([view?.id, view?.channel, view?.implied], [sent.messageId, 'acs', []]);
      const times = { sent: later(9), delivered: later(7), read: later(8) };
      assert.deepEqual(
        view?.at,
        Object.fromEntries(Object.entries(times).map(([level, at]) => [level, new Date(at).toISOString()])),
      );
    });
  }

  it('takes one event alone, as CloudEvents may send it, and words in lower case', async () => {
    const sent = await answered();
    const [event] = inCloudSchema([status(sent, 'delivered', later(1))]);
    await tell(event as object, { 'content-type': 'application/cloudevents+json' });
    assert.equal((await api.message(sent.messageId))?.level, 'delivered');
  });

  it('keeps a failure with Meta’s code beside the level', async () => {
    const sent = await answered();
    const error = { channelCode: '131026', channelMessage: 'Message Undeliverable.' };
    await tell(
      inGridSchema([
        status(sent, 'Failed', later(2), { error }),
        status(sent, 'Sent', later(1)),
        status(sent, 'warning', later(3)),
      ]),
    );
    const view = await api.message(sent.messageId);
    const { todo } = failureMeanings.recipient_unreachable;
    const at = new Date(later(2)).toISOString();
    const failure = {
      code: '131026',
      detail: 'Message Undeliverable.',
      at,
      is: 'recipient_unreachable',
      todo,
    };
    assert.deepEqual([view?.level, view?.failures], ['sent', [failure]]);
  });

  it('takes who hides the number by the user id, and asks no name of a status that has none', async () => {
    const sent = await answered(userId);
    const { messageId } = sent;
    await tell(
      inGridSchema([
        status({ customer: '', messageId }, 'Sent', later(1), { toBSUID: userId }),
        status({ customer: '', messageId }, 'Delivered', later(2)),
        status({ customer: '4915550009999', messageId }, 'Read', later(3), { toBSUID: userId }),
      ]),
    );
    assert.deepEqual(Object.keys((await api.message(messageId))?.at ?? {}), ['sent', 'delivered', 'read']);
  });

  it('sets aside a status of another customer or another channel, and changes nothing', async () => {
    const sent = await answered();
    const before = await api.message(sent.messageId);
    const stranger = { ...sent, customer: '4915550009999' };
    const elsewhere = { from: '11111111-1111-1111-1111-111111111111' };
    for (let times = 0; times < 2; times += 1)
      await tell(
        inGridSchema([status(stranger, 'Read', later(1)), status(sent, 'Read', later(1), elsewhere)]),
      );
    assert.deepEqual(await api.message(sent.messageId), before);
    const reasons = (await api.list<{ reason: string }>('quarantine')).map(({ reason }) => reason);
    assert.deepEqual(reasons, ['business', 'recipient']);
  });

  it('keeps a status that came before the call was answered, and joins it', async () => {
    customers += 1;
    const customer = `4915550${String(400_000 + customers)}`;
    let orphans: readonly object[] = [];
    acs.beforeAnswer = async messageId => {
      acs.beforeAnswer = async () => {};
      await tell(inGridSchema([status({ customer, messageId }, 'Delivered', later(1))]));
      orphans = await api.list('orphans');
    };
    const { messageId } = await answered(customer);
    assert.equal(orphans.length, 1);
    const view = await api.until(messageId, ({ level }) => level === 'delivered');
    assert.deepEqual([view.at.delivered, view.implied], [new Date(later(1)).toISOString(), ['sent']]);
    assert.deepEqual(await api.list('orphans'), []);
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamicsDoor, openDynamicsDoor } from '../support/dynamicsDoor.ts';
import { deliver, inboundForm, sid } from '../support/twilioWebhooks.ts';
import { type FaultyHost, startFaultyHost } from './faultyHost.ts';
import type { FaultPoint } from './points.ts';

const authToken = '12345678901234567890123456789012';
const accountSid = sid('AC', 1);
const business = '14155238886';
const publicUrl = 'https://bot.example.com';
const deadlineMs = 15_000;
/** So many points lie on its way, from the webhook's arrival to behind everything that it does. */
const points = 8;
/** So often each is tried: which point is the n-th, is the threads' to say, as the host has work of its own. */
const tries = 3;

describe('a request that is passed on, whose host is killed at each point of its way', function () {
  this.timeout(90_000);
  let folder: string;
  let door: DynamicsDoor;
  let host: FaultyHost;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-pass-'));
    door = await openDynamicsDoor(authToken);
  });
  after(async () => {
    await host.end('SIGKILL');
    await door.close();
    await rm(folder, { recursive: true });
  });

  const start = async () => {
    const started = await startFaultyHost({
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_WHATSAPP_NUMBER: `+${business}`,
      TWILIO_FORWARD_URL: door.url,
      PUBLIC_URL: publicUrl,
      BLUETICK_MODE: 'sidecar',
      BLUETICK_API_KEY: 'a-key-for-the-tests-0123456789',
      BLUETICK_DATA: join(folder, 'data'),
    });
    if ('output' in started) assert.fail(started.output);
    host = started;
  };
  /** One delivery of Twilio's: what it is answered, `undefined` where the host dies over it. */
  const bring = (number: number): Promise<number | undefined> => {
    const form = inboundForm({ accountSid, business, customer: '15551234567' }, sid('SM', number));
    const headers = { 'i-twilio-idempotency-token': `token-${number}` };
    return deliver(host.url, publicUrl, '/webhooks/twilio', form, { authToken, headers }).then(
      ({ status }) => status,
      () => undefined,
    );
  };
  const timesTaken = (number: number) =>
    door.taken.filter(form => form.MessageSid === sid('SM', number)).length;
  const taken = async (number: number) => {
    const signal = AbortSignal.timeout(deadlineMs);
    while (timesTaken(number) === 0) {
      signal.throwIfAborted();
      await door.called(door.calls.length + 1).catch(() => {});
    }
  };

  it('goes out, once where the receiver had not seen it, and at most once more where it had', async () => {
    const deaths: { readonly killedAt: FaultPoint | undefined; readonly seen: number }[] = [];
    await start();
    // The death between admission and call, and one behind the call.
    const isComplete = () =>
      deaths.some(({ killedAt, seen }) => killedAt === 'call begins' && seen === 0) &&
      deaths.some(({ killedAt, seen }) => killedAt !== undefined && seen === 1);
    for (let round = 0; round < points || (!isComplete() && round < tries * points); round += 1) {
      const point = 1 + (round % points);
      const [number, next] = [2 * round + 1, 2 * round + 2];
      await host.order({ killIn: point });
      const answer = await bring(number);
      const { killedAt } = await host.end('SIGKILL');
      const seen = timesTaken(number);
      deaths.push({ killedAt, seen });
      await start();
      // What was not answered Twilio brings again, as its address asks for.
      if (answer !== 200) assert.equal(await bring(number), 200);
      // The customer's next message comes behind it, so that nothing of it is left then.
      assert.equal(await bring(next), 200);
      await taken(next);
      const order = door.taken.map(({ MessageSid }) => MessageSid);
      const about = JSON.stringify({ point, killedAt, answer, seen, order });
      assert.ok(order.indexOf(sid('SM', number)) < order.indexOf(sid('SM', next)), about);
      const times = timesTaken(number);
      // What was sent in the moment of the death may be seen a moment later.
      const mayBeTwice = seen === 1 || killedAt === 'call sent';
      assert.ok(times === 1 || (times === 2 && mayBeTwice), about);
      assert.equal(await bring(number), 200);
      assert.equal(timesTaken(number), times, 'a repeat goes out no more');
      assert.equal(timesTaken(next), 1, about);
    }
    assert.ok(isComplete(), JSON.stringify(deaths));
  });
});

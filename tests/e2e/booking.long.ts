import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Phone } from '../../bot/simulator/phone.ts';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';

/** One number answers at once; the other takes its time, so that a turn can be killed in its midst. */
const numbers = { quick: '106540352242922', slow: '106540352242923' } as const;
const policies = { businesses: { [numbers.slow]: { reply: { delay: { minMs: 1500 } } } } };

const secrets = {
  accessToken: 'EAAG-the-access-token',
  appSecret: 'the-app-secret-0123456789abcdef',
  verifyToken: 'the-verify-token',
};

describe('a booking, while the host comes and goes', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let host: HostProcess;
  let folder: string;
  const hosts: HostProcess[] = [];

  const start = async () => {
    host = await startHostProcess({
      META_ACCESS_TOKEN: secrets.accessToken,
      META_PHONE_NUMBER_ID: Object.values(numbers).join(','),
      META_APP_SECRET: secrets.appSecret,
      META_VERIFY_TOKEN: secrets.verifyToken,
      META_GRAPH_URL: simulator.channelOptions.graphUrl ?? '',
      BLUETICK_API_KEY: 'a-key-for-the-tests-0123456789',
      BLUETICK_DATA: join(folder, 'data'),
      BLUETICK_POLICY: join(folder, 'policy.json'),
      LOG_LEVEL: 'debug',
    });
    hosts.push(host);
    simulator.webhookUrl = `${host.url}/webhooks/meta`;
  };
  const restart = async (signal: NodeJS.Signals) => {
    await host.end(signal);
    await start();
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-booking-'));
    await writeFile(join(folder, 'policy.json'), JSON.stringify(policies));
    simulator = await createSimulator({
      ...secrets,
      phoneNumberIds: Object.values(numbers) as [string, ...string[]],
    });
    await start();
  });
  after(async () => {
    await host.end('SIGTERM');
    await simulator.close();
    await rm(folder, { recursive: true });
  });

  const answers = (phone: Phone) =>
    phone.messages.filter(({ from }) => from === 'business').map(({ text = '' }) => text);
  const answered = (phone: Phone, last: RegExp) =>
    simulator.waitFor(() => last.test(answers(phone).at(-1) ?? ''), 20_000);
  const story = (work: string, day: string, name: string) => [
    'Gladly. What is to be done?',
    'On which day will you bring it?',
    'What is your name?',
    `${work} on ${day}, for ${name}. Shall I book that?`,
    `Booked. ${work} on ${day}, for ${name}. Bring your bicycle in the morning.`,
  ];

  it('goes on where it was after a SIGTERM or a SIGKILL between its steps, each customer in an own one', async () => {
    const anna = simulator.phone('4915550100001', { business: numbers.quick });
    const ben = simulator.phone('4915550100002', { business: numbers.quick });
    const both = async (last: RegExp) => {
      await answered(anna, last);
      await answered(ben, last);
    };
    for (const phone of [anna, ben]) phone.say('I would like to book a repair');
    await both(/done\?$/);
    await restart('SIGKILL');
    anna.press('Service');
    ben.press('Puncture');
    await both(/bring it\?$/);
    await restart('SIGTERM');
    anna.press('Thursday');
    ben.press('Tuesday');
    await both(/name\?$/);
    await restart('SIGKILL');
    anna.say('Anna');
    ben.say('Ben');
    await both(/book that\?$/);
    await restart('SIGTERM');
    for (const phone of [anna, ben]) phone.press('Yes');
    await both(/^Booked/);
    // A call whose answer a SIGKILL cut off is made once more: that one message may be there twice in a row.
    const once = (phone: Phone) => answers(phone).filter((text, index, all) => text !== all[index - 1]);
    assert.deepEqual(once(anna), story('Service', 'Thursday', 'Anna'));
    assert.deepEqual(once(ben), story('Puncture', 'Tuesday', 'Ben'));
  });

  it('neither skips nor repeats a step that a SIGKILL cuts off in the midst of its turn', async () => {
    const phone = simulator.phone('4915550100003', { business: numbers.slow });
    phone.say('book');
    await answered(phone, /done\?$/);
    phone.press('Something else');
    // The bot has answered, and the answer waits for its pace: state and reply are not written yet.
    await simulator.waitFor(() => phone.typing, 20_000);
    assert.equal(answers(phone).length, 1);
    await restart('SIGKILL');
    await answered(phone, /bring it\?$/);
    phone.press('Saturday');
    await simulator.waitFor(() => phone.typing, 20_000);
    await restart('SIGTERM');
    await answered(phone, /name\?$/);
    phone.say('Cleo');
    await answered(phone, /book that\?$/);
    phone.press('Yes');
    await answered(phone, /^Booked/);
    assert.deepEqual(answers(phone), story('Something else', 'Saturday', 'Cleo'));
  });

  it('has left neither a number nor a text in the log', () => {
    const said = hosts.map(each => each.output()).join('');
    assert.match(said, /Receipt sent/);
    for (const phone of simulator.phones) {
      assert.ok(!said.includes(phone.customer), 'a phone number');
      for (const { text = '' } of phone.messages)
        assert.ok(text.length < 5 || !said.includes(text), `a text: ${text}`);
    }
  });
});

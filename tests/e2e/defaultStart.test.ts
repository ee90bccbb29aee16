import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import { startHost } from '../../bot/host.ts';
import { failToStart, startHostProcess } from '../support/hostProcess.ts';

describe('a start without any setting', function () {
  this.timeout(40_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-start-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('runs a WhatsApp of its own and says in a few lines what runs where', async () => {
    const host = await startHostProcess({ BLUETICK_DATA: folder });
    const phone = await host.waitForOutput(/http:\/\/127\.0\.0\.1:\d+\/phone\/\d+/);
    await host.waitForOutput(/API key/);
    const said = await fetch(`${phone}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'hello' }),
    });
    assert.equal(said.status, 202);
    assert.ok(host.output().split('\n').length <= 12);
    assert.equal(await host.end('SIGTERM'), 0);
  });

  it('answers with a picture that the phone can fetch', async () => {
    const host = await startHost(readConfig({ PORT: '0', BLUETICK_DATA: folder }), pino({ level: 'silent' }));
    try {
      const { simulator } = host.app;
      assert.ok(simulator !== undefined);
      const phone = simulator.phone('4915550001111');
      phone.say('Where are you?');
      const picture = await simulator.waitFor(() => phone.messages.find(({ type }) => type === 'image'));
      assert.equal(picture.text, 'Dock Street 7, the yard behind the bakery.');
      const { link } = picture.body.image as { link: string };
      const fetched = Buffer.from(await (await fetch(link)).arrayBuffer());
      const drawn = join(import.meta.dirname, '..', '..', 'bot', 'dialogs', 'pictures', 'map.png');
      assert.deepEqual(fetched, await readFile(drawn));
    } finally {
      await host.close();
    }
  });

  it('greets a customer who opens the chat without writing, and takes a reaction for what it is', async () => {
    const host = await startHost(readConfig({ PORT: '0', BLUETICK_DATA: folder }), pino({ level: 'silent' }));
    try {
      const { simulator } = host.app;
      assert.ok(simulator !== undefined);
      const phone = simulator.phone('4915550002222');
      phone.send('request_welcome', {});
      const greeting = await simulator.waitFor(() => phone.messages.find(({ from }) => from === 'business'));
      assert.match(String(greeting.text), /^Hello!/);
      phone.react(greeting.id, '👍');
      phone.say('thanks');
      await simulator.waitFor(() =>
        phone.messages.some(({ text = '' }) => text.startsWith('You are welcome')),
      );
      assert.equal(phone.messages.filter(({ from }) => from === 'business').length, 2);
    } finally {
      await host.close();
    }
  });

  it('is refused while another process has the same data', async () => {
    const host = await startHostProcess({ BLUETICK_DATA: folder });
    try {
      const { code, output } = await failToStart({ BLUETICK_DATA: folder });
      assert.equal(code, 1);
      assert.match(output, /in use by another process/);
    } finally {
      await host.end('SIGTERM');
    }
  });

  it('is refused with the name of the setting that is at fault, and never its value', async () => {
    const meta = {
      META_ACCESS_TOKEN: 'EAAG-secret',
      META_PHONE_NUMBER_ID: '1',
      META_APP_SECRET: 's3cret-value',
      META_VERIFY_TOKEN: 'v',
    };
    const policy = join(folder, 'policy.json');
    await writeFile(policy, JSON.stringify({ default: { read: { wen: 'accepted' } } }));
    const refusals: [Record<string, string>, RegExp][] = [
      [
        { META_ACCESS_TOKEN: 'EAAG-secret' },
        /half set.*META_PHONE_NUMBER_ID, META_APP_SECRET, META_VERIFY_TOKEN/,
      ],
      [meta, /BLUETICK_API_KEY/],
      [{ ...meta, BLUETICK_API_KEY: 'short' }, /BLUETICK_API_KEY.*16 characters/],
      [
        { ...meta, BLUETICK_API_KEY: 'x'.repeat(20), META_GRAPH_URL: 'http://graph.example.com/v25.0' },
        /META_GRAPH_URL/,
      ],
      [{ HOST: '0.0.0.0' }, /BLUETICK_API_KEY/],
      [{ PORT: 'eighty' }, /PORT.*0 to 65535/],
      [{ BLUETICK_MODE: 'proxy' }, /BLUETICK_MODE/],
      [{ BLUETICK_POLICY: join(folder, 'none.json') }, /BLUETICK_POLICY.*cannot be read/],
      [{ BLUETICK_POLICY: policy }, /default\.read\.wen.*unknown field.*when, delay/],
      [{ DATABASE_URL: 'postgres://u:s3cret-value@h/d' }, /BLUETICK_API_KEY.*DATABASE_URL/],
      [{ DATABASE_URL: 'mysql://u:s3cret-value@h/d' }, /DATABASE_URL.*PostgreSQL/],
    ];
    for (const [settings, expected] of refusals) {
      const { code, output } = await failToStart({ BLUETICK_DATA: join(folder, 'data'), ...settings });
      assert.equal(code, 1, output);
      assert.match(output, expected);
      assert.doesNotMatch(output, /EAAG-secret|s3cret-value|short/);
    }
  });
});

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Channel } from '../../middleware/ports.ts';
import { acsByBoth, tokensSent } from './acsByToken.ts';
import type { AttackedChannel } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { configured } from './channels.ts';
import { type Echo, type EchoingProvider, echoes, startEchoingProvider } from './echoingProvider.ts';
import { keptWords } from './keptWords.ts';
import { statusAttacks, statusesOfReplies } from './statusAttacks.ts';
import { tracesIn } from './traces.ts';

/** `BLUETICK_FUZZ_SEED`, to look again where something was found; a new one where nobody says. */
const seed = wholeNumber('BLUETICK_FUZZ_SEED', Math.floor(Math.random() * 1e9), 0);
/** Hosts with new secrets and people for each way in which the provider fails: `BLUETICK_FUZZ_RUNS`. */
const numRuns = wholeNumber('BLUETICK_FUZZ_RUNS', 1, 1);

/** The channels that the host serves: `acs` asks for both of its proofs, so that each request carries both. */
const served: readonly AttackedChannel[] = configured.map(one => (one.name === 'acs' ? acsByBoth : one));

/** Somebody who writes, and what is theirs alone. */
interface Person {
  readonly number: string;
  readonly name: string;
  readonly text: string;
  /** Bytes that stand around the number in the id of the message. */
  readonly around: Uint8Array;
}

/** What the host is trusted with. */
interface Trust {
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly metaToken: string;
  readonly verifyToken: string;
  readonly acsKey: string;
}

const credential = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_'),
  minLength: 24,
  maxLength: 48,
});
const trust: fc.Arbitrary<Trust> = fc.record({
  apiKey: credential,
  webhookSecret: credential,
  metaToken: credential,
  verifyToken: credential,
  acsKey: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('base64')),
});

/** Words that stand nowhere by chance. */
const words = fc
  .string({ unit: 'grapheme', minLength: 12, maxLength: 60 })
  .filter(text => new Set(text).size > 8 && text.trim() === text);
const person: fc.Arbitrary<Person> = fc.record({
  number: fc.stringMatching(/^[1-9]\d{10,14}$/),
  name: words,
  // As a bot's exception quotes them, some look like the places in a stack.
  text: fc.oneof(
    words,
    words.map(text => `${text}\n    at ${text} (file:///${encodeURIComponent(text)}:1:1)`),
  ),
  around: fc.uint8Array({ minLength: 3, maxLength: 12 }),
});

describe(`no secret shows (BLUETICK_FUZZ_SEED=${seed}, runs: ${numRuns})`, function () {
  this.timeout(20_000 + numRuns * 40_000);
  let provider: EchoingProvider;
  let close: (() => Promise<void>) | undefined;
  before(async () => {
    provider = await startEchoingProvider();
    close = await acsByBoth.open?.();
  });
  after(async () => {
    await provider.close();
    await close?.();
  });

  for (const [at, echo] of (Object.keys(echoes) as Echo[]).entries()) {
    it(`in a log, a refusal or an error where the provider fails with ${echo}`, async () => {
      await fc.assert(
        fc.asyncProperty(trust, fc.array(person, { minLength: 1, maxLength: 2 }), async (trusted, people) => {
          provider.echo = echo;
          await lookFor(trusted, people, provider);
        }),
        { seed: seed + at, numRuns, endOnFailure: true },
      );
      assert.equal(provider.followed, 0);
    });
  }
});

/** Lets people write to a host whose provider fails, and asks the host all that is wrong. */
async function lookFor(trusted: Trust, people: readonly Person[], provider: EchoingProvider): Promise<void> {
  const works = provider.echo === 'nothing';
  const { apiKey, webhookSecret, metaToken, verifyToken, acsKey } = trusted;
  const settings = Object.assign({}, ...served.map(one => one.settings([webhookSecret], provider.url)));
  const attacked = await startAttackedHost(
    {
      ...settings,
      BLUETICK_API_KEY: apiKey,
      META_ACCESS_TOKEN: metaToken,
      META_VERIFY_TOKEN: verifyToken,
      ACS_CONNECTION_STRING: `endpoint=${provider.url}/;accesskey=${acsKey}`,
    },
    // The answer does not wait for a receipt that fails.
    { mode: 'gateway', policy: { default: { reply: { receiptBarrierMs: works ? 1500 : 0 } } } },
  );
  const secrets: Record<string, string> = { ...trusted, ...tokensSent() };
  const callsBefore = provider.bodies.length;
  /** All that the world sees, with where it was seen: much of it is the same. */
  const seen = new Map<string, string>();
  try {
    const conversations = people.flatMap(one => served.map(channel => ({ channel, person: one })));
    for (const [index, { channel, person }] of conversations.entries()) {
      const id = messageId(channel, person);
      const { number, name, text } = person;
      // Its last two digits are shown to who has the key.
      const masked = number.slice(0, -2);
      Object.assign(secrets, { [`number ${index}`]: masked, [`name ${index}`]: name, [`id ${index}`]: id });
      Object.assign(
        secrets,
        Object.fromEntries(text.split('\n').map((line, at) => [`text ${index}.${at}`, line.trim()])),
      );
      for (const attack of requests(channel, person, id, { ...trusted, provider: provider.url })) {
        const { status, shown } = await attacked.ask(attack);
        if (status >= 400) seen.set(shown, `the answer to ${attack.method ?? 'GET'} ${attack.path}`);
        else if (status < 300) assertMasked(shown, number);
      }
    }
    // The first answer of each channel at least has failed by then; whatever else is under way ends with the host.
    await attacked.waitForLog(/Message (not )?sent/, served.length);
    await attacked.waitForLog(works ? /Receipt sent/ : /Receipt (not )?sent/, served.length);
    if (works) {
      const statuses = statusesOfReplies(served, provider.bodies.slice(callsBefore), people);
      for (const [index, { id, channel, body }] of statuses.entries()) {
        secrets[`id of a reply ${index}`] = id;
        assert.equal((await attacked.ask(channel.proved(body, webhookSecret))).status, 200);
      }
      assert.ok(statuses.length >= served.length);
      assert.equal(attacked.logged().match(/"acknowledged":2/g)?.length, statuses.length);
    }
    for (const channel of attacked.host.app.webhooks)
      for (const one of people) for (const error of await errorsOf(channel, one)) seen.set(error, 'an error');
    seen.set((await listed(attacked)).shown, 'the list of conversations');
    // What a provider said of a refusal is kept, and told to who has the key alone.
    const { words: kept, refusals } = await keptWords(attacked);
    for (const [shown, where] of refusals) seen.set(shown, where);
    if (provider.echo === 'never again') {
      for (const { number } of people) assert.ok(kept.some(told => told.includes(number)));
    }
    if (provider.echo === 'refused' || works) assert.deepEqual(kept, []);
  } finally {
    await attacked.close();
  }
  for (const body of provider.bodies.slice(callsBefore)) Object.assign(secrets, repliesIn(body));
  seen.set(attacked.logged(), 'the log');
  assert.ok(seen.size > 10);
  for (const [text, where] of seen) assert.deepEqual(tracesIn(text, secrets), [], where);
}

/** Meta's ids hold the customer's number in base64. */
function messageId({ name }: AttackedChannel, { number, around }: Person): string {
  const inside = Buffer.concat([around, Buffer.from(number), around]);
  return name === 'acs' ? `${inside.toString('hex')}-acs` : `wamid.${inside.toString('base64')}`;
}

/** What is sent to the host about one person's message: genuine, forged, and wrong in every way that may be quoted. */
function* requests(
  channel: AttackedChannel,
  { number, name: from, text }: Person,
  id: string,
  { webhookSecret, apiKey, provider }: Trust & { readonly provider: string },
): Generator<Attack> {
  const { name, business, body, unreadable, proved, unproved } = channel;
  const said = { id, text, from: number, name: from };
  const genuine = body(said);
  // That they are refused is tried where proofs are.
  yield* Object.values(unproved(genuine, webhookSecret));
  yield proved(genuine, webhookSecret);
  yield proved(genuine, webhookSecret);
  yield proved(genuine.slice(0, -3), webhookSecret);
  yield proved(unreadable(business, `${number} ${text}`), webhookSecret);
  yield proved(body({ ...said, business: business.replace(/^./, '9') }), webhookSecret);
  yield* statusAttacks(channel, { number, text }, id, webhookSecret);
  yield {
    path: `/webhooks/${name}?hub.mode=subscribe&hub.verify_token=${number}&hub.challenge=${encodeURIComponent(text)}`,
  };

  const [asNumber, asId, asText] = [number, id, text].map(encodeURIComponent);
  const path = '/api/v1';
  const post = (to: string, sent: unknown): Attack => ({
    method: 'POST',
    path: to,
    body: JSON.stringify(sent),
  });
  const asked: readonly Attack[] = [
    { path: `/${asNumber}/${asId}?${asText}` },
    { path: `${path}/conversations/${asNumber}` },
    { path: `${path}/conversations/${asId}/receipts` },
    { path: `${path}/conversations?limit=0&after=${asNumber}` },
    { path: `${path}/messages/${asId}` },
    { path: `${path}/messages/${asText}` },
    { path: `${path}/failures?after=${asNumber}` },
    { path: `${path}/policies/${asNumber}/${asId}` },
    { path: `${path}/policies/channel/${asText}` },
    { method: 'PUT', path: `${path}/policies/business/${asNumber}`, body: '{"read":{"when":"sometimes"}}' },
    { method: 'POST', path: `${path}/receipts`, body: `{"conversation":"${number}` },
    post(`${path}/receipts`, { channel: name, messageId: `${id}0` }),
    post(`${path}/receipts`, { channel: text, messageId: id }),
    post(`${path}/receipts`, { conversation: number }),
    post(`${path}/conversations/${asNumber}/agent-events`, { event: text, agent: from }),
    post(`${path}/policies/explain`, { channel: name, text, reply: text, business: number, holder: from }),
    post(`${path}/policies/explain`, {
      channel: name,
      text,
      business: number,
      policy: { read: { when: 1 } },
    }),
  ];
  for (const attack of asked) {
    yield { ...attack, headers: { 'x-api-key': `${apiKey.slice(1)}x` } };
    yield { ...attack, headers: { authorization: `Bearer ${apiKey}` } };
  }

  // The sample bot fails at a text that is none, and its apology at the connector, which is the provider here.
  const activity = {
    type: 'message',
    id,
    channelId: 'webchat',
    serviceUrl: provider,
    conversation: { id: number, name: from },
    from: { id: number, name: from },
    recipient: { id: 'bot' },
    text: { [text]: number },
  };
  yield post('/api/messages', activity);
  yield { ...post('/api/messages', activity), headers: { 'x-forwarded-for': number } };
  yield {
    ...post('/api/messages', { ...activity, type: '' }),
    headers: { authorization: `Bearer ${apiKey}` },
  };
}

/** What whoever uses a channel by itself gets to see of its errors, causes and all. */
async function errorsOf(channel: Channel, { number, text, around }: Person): Promise<string[]> {
  const [business = ''] = channel.businesses;
  const to = { channel: channel.name, business, customer: number };
  const messageId = `wamid.${Buffer.concat([around, Buffer.from(number)]).toString('base64')}`;
  const correlation = '5f0c1f2e-0000-4000-8000-000000000001';
  const signal = AbortSignal.timeout(10_000);
  const ends = await Promise.allSettled([
    channel.markRead({ ...to, messageId, typing: true, repeatId: correlation }, signal),
    channel.send({ ...to, content: { type: 'text', text }, correlation }, signal),
    channel.downloadMedia(business, number, signal),
  ]);
  const options = { depth: Number.POSITIVE_INFINITY, showHidden: true };
  return ends.flatMap(end => (end.status === 'rejected' ? [inspect(end.reason, options)] : []));
}

/** The bot's own words, as the provider got them. */
function repliesIn(body: string): Record<string, string> {
  const { text, content } = body.startsWith('{') ? JSON.parse(body) : {};
  const said = text?.body ?? content;
  return said === undefined ? {} : { [`reply ${said}`]: said };
}

function listed(attacked: AttackedHost) {
  return attacked.ask({ path: '/api/v1/conversations', headers: { 'x-api-key': attacked.apiKey } });
}

/** Who has the key sees a number's last two digits. */
function assertMasked(shown: string, number: string): void {
  assert.ok(!shown.includes(number.slice(0, -2)) && !shown.includes(number.slice(-4)), shown);
}

/** A setting of the test itself. */
function wholeNumber(name: string, usual: number, least: number): number {
  const got = process.env[name];
  const value = Number(got ?? usual);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${name}: got ${got}, allowed: a whole number from ${least} on`);
}

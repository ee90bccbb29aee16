import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { Channel } from '../../middleware/ports.ts';
import { acsByBoth, tokensSent } from './acsByToken.ts';
import type { AttackedChannel } from './attackedChannel.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { configured } from './channels.ts';
import { type Echo, type EchoingProvider, echoes, startEchoingProvider } from './echoingProvider.ts';
import { keyOfGoogle } from './googleAttack.ts';
import { keptWords } from './keptWords.ts';
import { type Person, questions, webhooksOf } from './quotableAttacks.ts';
import { statusesOfReplies } from './statusAttacks.ts';
import { tracesIn } from './traces.ts';

/** `BLUETICK_FUZZ_SEED`, to look again where something was found; a new one where nobody says. */
const seed = wholeNumber('BLUETICK_FUZZ_SEED', Math.floor(Math.random() * 1e9), 0);
/** Hosts with new secrets and people for each way in which the provider fails: `BLUETICK_FUZZ_RUNS`. */
const numRuns = wholeNumber('BLUETICK_FUZZ_RUNS', 1, 1);

/** The channels that the host serves: `acs` asks for both of its proofs, so that each request carries both. */
const served: readonly AttackedChannel[] = configured.map(one => (one.name === 'acs' ? acsByBoth : one));

/** What the host is trusted with. */
interface Trust {
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** What providers are called with. */
  readonly credential: string;
  readonly verifyToken: string;
}

const credential = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_'),
  minLength: 24,
  maxLength: 48,
});
const trust: fc.Arbitrary<Trust> = fc.record({
  apiKey: credential,
  webhookSecret: credential,
  credential,
  verifyToken: credential,
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
  const ends = new AsyncDisposableStack();
  before(async () => {
    provider = await startEchoingProvider(served);
    ends.defer(() => provider.close());
    for (const { open } of served) {
      const close = await open?.();
      if (close !== undefined) ends.defer(close);
    }
  });
  after(() => ends.disposeAsync());

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
  const { apiKey, webhookSecret, credential, verifyToken } = trusted;
  const settings = served.map(one => one.settings([webhookSecret], provider.url, credential));
  const attacked = await startAttackedHost(
    { ...Object.assign({}, ...settings), BLUETICK_API_KEY: apiKey, META_VERIFY_TOKEN: verifyToken },
    {
      mode: 'gateway',
      policy: {
        // The answer does not wait for a receipt that fails.
        default: { reply: { receiptBarrierMs: works ? 1500 : 0 } },
        channels: { twilio: { read: { acceptTypingWithRead: true } } },
      },
    },
  );
  const secrets: Record<string, string> = { ...trusted, ...tokensSent(), ...keyOfGoogle() };
  const callsBefore = provider.calls.length;
  /** All that the world sees, with where it was seen: much of it is the same. */
  const seen = new Map<string, string>();
  try {
    const conversations = people.flatMap(one => served.map(channel => ({ channel, person: one })));
    for (const [index, { channel, person }] of conversations.entries()) {
      const { number, name, text, around } = person;
      const id = channel.idOf(number, around);
      // Its last two digits are shown to who has the key.
      const masked = number.slice(0, -2);
      Object.assign(secrets, { [`number ${index}`]: masked, [`name ${index}`]: name, [`id ${index}`]: id });
      Object.assign(
        secrets,
        Object.fromEntries(text.split('\n').map((line, at) => [`text ${index}.${at}`, line.trim()])),
      );
      const attacks = [
        ...webhooksOf(channel, person, id, webhookSecret),
        // What is wrong with a question does not hang on the channel.
        ...(channel === served[0] ? questions(channel, person, id, { apiKey, provider: provider.url }) : []),
      ];
      for (const attack of attacks) {
        const { status, shown } = await attacked.ask(attack);
        if (status >= 400) seen.set(shown, `the answer to ${attack.method ?? 'GET'} ${attack.path}`);
        else if (status < 300) assertMasked(shown, number);
      }
    }
    // The first answer to each has failed by then; whatever else is under way ends with the host.
    await attacked.waitForLog(/Message (not )?sent/, conversations.length);
    await attacked.waitForLog(works ? /Receipt sent/ : /Receipt (not )?sent/, conversations.length);
    const called = () =>
      served.filter(({ sentText }) =>
        provider.calls.slice(callsBefore).some(call => sentText?.(call) !== undefined),
      );
    // Without a token Google is not called; and where a receipt is refused its number may pause before the answer.
    const callable = provider.givesTokens ? served : served.filter(({ name }) => name !== 'google');
    if (provider.echo !== 'refused') {
      // An answer that fails is tried again, and may have been counted twice by then.
      for (let lines = conversations.length + 1; called().length < callable.length; lines += 1)
        await attacked.waitForLog(/Message (not )?sent/, lines);
      assert.deepEqual(called(), callable);
    }
    if (works) {
      const statuses = statusesOfReplies(served, provider.calls.slice(callsBefore), people);
      for (const [index, { id, channel, bodies }] of statuses.entries()) {
        secrets[`id of a reply ${index}`] = id;
        for (const body of bodies)
          assert.equal((await attacked.ask(channel.proved(body, webhookSecret))).status, 200);
      }
      const told = statuses.reduce((sum, { count }) => sum + count, 0);
      const taken = [...attacked.logged().matchAll(/"acknowledged":(\d+)/g)];
      assert.equal(
        taken.reduce((sum, [, count]) => sum + Number(count), 0),
        told,
      );
    }
    for (const channel of attacked.host.app.webhooks)
      for (const one of people) for (const error of await errorsOf(channel, one)) seen.set(error, 'an error');
    seen.set(withoutLatest(await listed(attacked)), 'the list of conversations');
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
  for (const [index, call] of provider.calls.slice(callsBefore).entries()) {
    const [said] = served.flatMap(channel => channel.sentText?.(call)?.text ?? []);
    if (said !== undefined) secrets[`reply ${said}`] = said;
    // Who has it is given a token.
    const assertion = call.path === '/token' ? new URLSearchParams(call.body).get('assertion') : null;
    if (assertion !== null) secrets[`assertion ${index}`] = assertion;
  }
  for (const [index, token] of provider.tokens.entries()) secrets[`token ${index}`] = token;
  seen.set(attacked.logged(), 'the log');
  assert.ok(seen.size > 10);
  for (const [text, where] of seen) assert.deepEqual(tracesIn(text, secrets), [], where);
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
    channel.setTyping?.({ ...to, show: true }, signal),
    channel.send({ ...to, content: { type: 'text', text }, correlation }, signal),
    channel.downloadMedia(business, number, signal),
  ]);
  const options = { depth: Number.POSITIVE_INFINITY, showHidden: true };
  return ends.flatMap(end => (end.status === 'rejected' ? [inspect(end.reason, options)] : []));
}

function listed(attacked: AttackedHost) {
  return attacked.ask({ path: '/api/v1/conversations', headers: { 'x-api-key': attacked.apiKey } });
}

/** What was said last is what an agent's list is for: it stands in its own field, and nowhere else. */
function withoutLatest({ shown, text }: Awaited<ReturnType<typeof listed>>): string {
  const { items } = JSON.parse(text);
  const others = items.map(({ latest: _latest, ...item }: { latest?: unknown }) => item);
  return shown.replace(JSON.stringify(text), () => JSON.stringify({ items: others }));
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

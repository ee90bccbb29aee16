import assert from 'node:assert/strict';
import type { TwilioChannelOptions } from '../../../../middleware/channels/twilio/options.ts';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import { explainPolicy } from '../../../../middleware/policy/explainPolicy.ts';
import { createPolicyBook } from '../../../../middleware/policy/policyBook.ts';
import type { PolicyDocument } from '../../../../middleware/policy/schema.ts';
import type { Logger, Store } from '../../../../middleware/ports.ts';
import { createEngine, type Engine } from '../../../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../../../support/twilioStandIn.ts';
import { inboundForm } from '../../../support/twilioWebhooks.ts';
import { business, customer, options } from './samples.ts';

const typingPath = /Indicators\/Typing/;

describe('receipts over Twilio', () => {
  let twilio: TwilioStandIn;
  let store: Store;
  let engine: Engine;
  let warnings: { fields: object; text: string }[];
  let close: () => Promise<void>;
  beforeEach(async () => {
    [twilio, store] = await Promise.all([
      startTwilioStandIn(),
      openSqliteStore({ path: ':memory:', thread: false }),
    ]);
    warnings = [];
  });
  afterEach(async () => {
    await close();
    await Promise.all([twilio.close(), store.close()]);
  });

  /** Starts an engine whose bot thinks for as long as typing could show, and answers. */
  function start(policy: PolicyDocument, over: Partial<TwilioChannelOptions> = {}) {
    const { origin, accountSid, authToken } = twilio;
    const own = { accountSid, authTokens: [authToken], apiUrl: origin, messagingUrl: origin };
    const { clock: _, ...fixed } = options;
    const channel = createTwilioChannel({ ...fixed, ...own, ...over });
    const log: Logger = {
      debug() {},
      info() {},
      warn: (fields, text) => void warnings.push({ fields, text }),
      error() {},
    };
    engine = createEngine({
      store,
      channels: [channel],
      policies: createPolicyBook({ channels: { twilio: policy } }, [channel]),
      log,
      async onTurn(turn) {
        await turn.think();
        await turn.beforeReply(8);
        await turn.send({ type: 'text', text: 'It is.' });
      },
    });
    engine.start();
    close = async () => {
      await engine.stop();
      await channel.close();
    };
    return channel;
  }
  /** Lets the customer write; answers the message's id. */
  async function say(channel: ReturnType<typeof start>): Promise<string> {
    const id = twilio.receive();
    const form = inboundForm({ accountSid: twilio.accountSid, business, customer }, id);
    const body = Buffer.from(new URLSearchParams(form).toString());
    await engine.admit(channel, channel.webhook.parse(body));
    return id;
  }
  /** The receipt, when all that was under way is written. */
  async function receiptOf(messageId: string) {
    await engine.stop();
    const conversation = await store.conversation({ channel: 'twilio', business, customer });
    assert.ok(conversation !== undefined);
    const receipts = await store.listReceipts(conversation.id, 10);
    return receipts.find(receipt => receipt.messageId === messageId);
  }
  const indicators = () => twilio.calls.filter(({ path }) => typingPath.test(path));
  const answered = () => twilio.waitFor(() => twilio.sent[0]);

  it('without consent make no call at all: they are unsupported, and nothing types', async () => {
    const channel = start({ read: { acceptTypingWithRead: false }, typing: { show: true } });
    const id = await say(channel);
    await answered();
    const receipt = await receiptOf(id);
    assert.equal(receipt?.outcome, 'unsupported');
    assert.match(String(receipt?.because), /reading always shows typing/);
    assert.deepEqual(indicators(), []);
  });

  it('with consent are one call, which reads and types', async () => {
    const channel = start({ read: { acceptTypingWithRead: true } });
    const id = await say(channel);
    await answered();
    assert.deepEqual(twilio.read, [id]);
    assert.equal(indicators().length, 1);
    assert.equal((await receiptOf(id))?.outcome, 'sent');
  });

  it('under HIPAA are refused with the reason, and nothing types', async () => {
    const channel = start({}, { compliance: 'hipaa' });
    const id = await say(channel);
    await answered();
    const receipt = await receiptOf(id);
    assert.equal(receipt?.outcome, 'unsupported');
    assert.match(String(receipt?.because), /under HIPAA.*not HIPAA-eligible nor PCI-compliant/);
    assert.deepEqual(indicators(), []);
  });

  describe('are spoken of at the start', () => {
    const told = () => warnings.map(({ fields, text }) => [fields, text]);
    it('once where the policy leaves messages unread', async () => {
      start({}, { numbers: [business, '14155550000'] });
      assert.equal(warnings.length, 1);
      assert.deepEqual(warnings[0]?.fields, { channel: 'twilio', numbers: 2, of: 2 });
      assert.match(String(warnings[0]?.text), /Set read\.acceptTypingWithRead to true/);
    });
    it('once where a rule from outside forbids them', () => {
      start({}, { compliance: 'pci' });
      assert.equal(warnings.length, 1);
      assert.match(String(warnings[0]?.text), /^No message is marked read: this workflow is under PCI/);
    });
    it('not at all where the policy accepts both', () => {
      start({ read: { acceptTypingWithRead: true } });
      assert.deepEqual(told(), []);
    });
  });

  it('are explained by what forbids them, which no policy can accept', () => {
    const channel = start({}, { compliance: 'hipaa' });
    const { capabilities } = channel;
    const policies = createPolicyBook({}, [channel]);
    const { policy } = policies.resolve({ channel: 'twilio', business });
    const input = { policy, capabilities, text: 'Hello', replyText: 'Hi', dialogMs: 100 };
    const { notes } = explainPolicy(input);
    assert.match(notes.join('\n'), /^no receipt: this workflow is under HIPAA/m);
    assert.match(notes.join('\n'), /^typing is suppressed: this workflow is under HIPAA/m);
    const document = { read: { acceptTypingWithRead: true } };
    for (const book of [{ channels: { twilio: document } }, { businesses: { [business]: document } }]) {
      assert.throws(() => createPolicyBook(book, [channel]), {
        code: 'invalid_policy',
        message: /read\.acceptTypingWithRead: got true, allowed: false, because this workflow is under HIPAA/,
      });
    }
    // For all channels it may be said: there it is suppressed.
    createPolicyBook({ default: document }, [channel]);
  });
});

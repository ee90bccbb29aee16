import assert from 'node:assert/strict';
import type { ChannelEvents } from '../../middleware/domain.ts';
import type { BluetickError } from '../../middleware/errors.ts';
import type { RawRequest } from '../../middleware/ports.ts';
import type { ChannelTraits, WebhookItem } from './channel.ts';
import { at, type ChannelSuite } from './channelSamples.ts';

/** The way in: proofs, messages, statuses, batches. */
export function describeWebhook(suite: ChannelSuite, traits: ChannelTraits): void {
  describe('webhook', () => {
    const message = (index = 0): WebhookItem => ({
      what: 'message',
      id: `message-${index}`,
      at: at + index * 1000,
      text: `text ${index}`,
    });
    const parse = (items: readonly WebhookItem[]): ChannelEvents =>
      suite.harness.channel.webhook.parse(suite.harness.webhook(items).body);
    const authenticate = async (request: RawRequest) => suite.harness.channel.webhook.authenticate(request);
    const refuses = async (request: RawRequest, what: string) => {
      const proof =
        traits.proofHeader === undefined
          ? undefined
          : suite.harness.webhook([message()]).headers[traits.proofHeader];
      await assert.rejects(
        authenticate(request),
        (error: BluetickError) => {
          assert.equal(error.code, 'unauthorized', what);
          const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
          for (const secret of [...suite.harness.secrets, String(proof)])
            assert.ok(!shown.includes(secret), what);
          return true;
        },
        what,
      );
    };

    it('accepts its provider’s proof', async () => {
      await authenticate(suite.harness.webhook([message()]));
    });
    if (traits.rotates) {
      it('accepts an older secret while it is rotated', async () => {
        await authenticate(suite.harness.webhook([message()], 'rotated'));
      });
    }
    it('refuses a wrong secret, and shows no expected proof', async () => {
      await refuses(suite.harness.webhook([message()], 'wrong'), 'wrong secret');
    });
    if (traits.proofHeader !== undefined) {
      const header = traits.proofHeader;
      it('refuses a proof that is missing, empty, cut, longer, twice or in other letters', async () => {
        const good = suite.harness.webhook([message()]);
        const value = String(good.headers[header]);
        const others: [string, string | string[] | undefined][] = [
          ['missing', undefined],
          ['empty', ''],
          ['cut', value.slice(0, -1)],
          ['cut by two', value.slice(0, -2)],
          ['longer', `${value}0`],
          ['twice', [value, value]],
          [
            'swapped case',
            value.replace(/[a-z]/gi, c => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())),
          ],
          ['one digit off', value.replace(/.$/, last => (last === '0' ? '1' : '0'))],
        ];
        for (const [what, other] of others) {
          await refuses({ ...good, headers: { ...good.headers, [header]: other } }, what);
        }
      });
    }
    if (traits.signsBody) {
      it('refuses a body that is cut, re-encoded, written again or another one', async () => {
        const good = suite.harness.webhook([message()]);
        const body = good.body.toString('utf8');
        const others: [string, Buffer][] = [
          ['empty', Buffer.alloc(0)],
          ['cut', good.body.subarray(0, -1)],
          ['re-encoded', Buffer.from(body, 'utf16le')],
          ['with a byte order mark', Buffer.from(`\uFEFF${body}`)],
          ['with a line break', Buffer.from(`${body}\n`)],
          ['another one', suite.harness.webhook([message(1)]).body],
        ];
        if (/^[[{]/.test(body))
          others.push(['written again', Buffer.from(JSON.stringify(JSON.parse(body), null, 1))]);
        for (const [what, other] of others) await refuses({ ...good, body: other }, what);
      });
    }
    it('reads a message', () => {
      const { messages, acknowledgements, rejected } = parse([message()]);
      assert.deepEqual([acknowledgements, rejected], [[], []]);
      const [only] = messages;
      assert.equal(messages.length, 1);
      assert.ok(only !== undefined);
      const { channel, business, customer } = suite.harness.address;
      assert.deepEqual([only.channel, only.business, only.customer], [channel, business, customer]);
      assert.equal(only.kind, 'message');
      assert.equal(only.providerId, 'message-0');
      assert.equal(only.sentAt, at);
      assert.equal(only.content.text, 'text 0');
      assert.ok(only.content.type.length > 0);
    });
    it('reads a status', () => {
      const { messages, acknowledgements, rejected } = parse([
        { what: 'status', id: 'out-1', at, status: 'read' },
      ]);
      assert.deepEqual([messages, rejected], [[], []]);
      assert.equal(acknowledgements.length, 1);
      const { channel, business } = suite.harness.address;
      const [only] = acknowledgements;
      assert.deepEqual([only?.channel, only?.business, only?.providerId], [channel, business, 'out-1']);
      assert.equal(only?.status.toLowerCase(), 'read');
    });
    it('gives the same keys when a webhook comes again', () => {
      const { body } = suite.harness.webhook([message()]);
      const keys = () => suite.harness.channel.webhook.parse(body).messages.map(({ key }) => key);
      assert.deepEqual(keys(), keys());
      assert.notDeepEqual(
        keys(),
        parse([message(1)]).messages.map(({ key }) => key),
      );
    });
    it('refuses a body that is no webhook, with invalid_request', () => {
      for (const body of ['', 'x', '{', '\xff\xfe', '[['.repeat(100_000)]) {
        assert.throws(() => suite.harness.channel.webhook.parse(Buffer.from(body, 'latin1')), {
          code: 'invalid_request',
        });
      }
    });
    if (traits.batches) {
      it('reads a whole batch, whatever its order', () => {
        const many = Array.from({ length: 50 }, (_, index) => message(index));
        const status: WebhookItem = { what: 'status', id: 'out-1', at, status: 'delivered' };
        const { messages, acknowledgements, rejected } = parse([
          ...many.slice(0, 20),
          status,
          ...many.slice(20),
        ]);
        assert.equal(messages.length, 50);
        assert.equal(new Set(messages.map(({ key }) => key)).size, 50);
        assert.equal(acknowledgements.length, 1);
        assert.deepEqual(rejected, []);
      });
      it('reads what it set aside again, by itself, and says the same', () => {
        const { rejected } = parse([message(0), { what: 'poison' }, message(1)]);
        const { webhook } = suite.harness.channel;
        // As a store gives it back.
        const item = JSON.parse(JSON.stringify(rejected[0]?.item));
        assert.deepEqual(webhook.reread?.(item), { messages: [], acknowledgements: [], rejected });
      });
      it('sets one poisoned item aside, at whatever place, and reads the others', () => {
        const size = 100;
        for (let poisoned = 0; poisoned < size; poisoned++) {
          const items = Array.from(
            { length: size },
            (_, index): WebhookItem => (index === poisoned ? { what: 'poison' } : message(index)),
          );
          const { messages, rejected } = parse(items);
          const expected = items.flatMap(item => (item.what === 'message' ? [item.id] : []));
          assert.deepEqual(messages.map(({ providerId }) => providerId).sort(), expected.sort());
          assert.equal(rejected.length, 1);
          assert.ok(!rejected[0]?.reason.includes(suite.harness.address.customer));
        }
      });
    }
  });
}

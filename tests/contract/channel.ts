/**
 * One suite for every channel. A channel's test file brings a harness: a real HTTP stand-in of the provider, the
 * channel connected to it, and the provider's documented calls to compare with.
 *
 * @module
 */
import assert from 'node:assert/strict';
import type { Address, ChannelEvents, OutboundContent } from '../../middleware/domain.ts';
import { type BluetickError, isBluetickError, ProviderError } from '../../middleware/errors.ts';
import type { Channel, RawRequest } from '../../middleware/ports.ts';

/** A call as the stand-in saw it. `body` is what it decoded: JSON, or the fields of a form. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The provider's documented calls, for the harness's own address. Absent: the provider has no such call. */
export interface DocumentedCalls {
  readonly markRead?: (messageId: string) => SeenCall;
  /** Read and typing in one, where typing implies read. */
  readonly markReadAndType?: (messageId: string) => SeenCall;
  readonly showTyping?: () => SeenCall;
  readonly stopTyping?: () => SeenCall;
  readonly send: (content: OutboundContent, correlation: string) => SeenCall;
}

/** What a webhook of the harness is to hold. Times are whole seconds: some providers tell no more. */
export type WebhookItem =
  | { readonly what: 'message'; readonly id: string; readonly at: number; readonly text: string }
  | {
      readonly what: 'status';
      readonly id: string;
      readonly at: number;
      readonly status: 'sent' | 'delivered' | 'read';
    }
  /** An item that no channel can understand. */
  | { readonly what: 'poison' };

/** What goes wrong with the next call: HTTP 429 with `Retry-After: 7`, HTTP 500, refused credentials, no answer. */
export type StandInFault = 'rate' | 'server' | 'auth' | 'hang' | 'window';

/** A channel under test, with all that the suite needs to try it. */
export interface ChannelHarness {
  readonly channel: Channel;
  readonly address: Address;
  /** Texts that no error may show: tokens, secrets. The customer's number and message ids are added. */
  readonly secrets: readonly string[];
  readonly documented: DocumentedCalls;
  /** The id of a message that the customer has written to the stand-in. */
  inboundId(): string;
  /** A file that the customer has sent. */
  inboundFile?(): { readonly id: string; readonly bytes: Uint8Array; readonly contentType: string };
  /** The calls so far, downloads left out. */
  calls(): readonly SeenCall[];
  /** Resolves when the stand-in has had a call. */
  called(): Promise<unknown>;
  strike(fault: StandInFault): void;
  /** A webhook as the provider sends it, proved with a secret: the current one, an older valid one, or a wrong one. */
  webhook(items: readonly WebhookItem[], secret?: 'current' | 'rotated' | 'wrong'): RawRequest;
  close(): Promise<void>;
}

/** What a provider's webhooks are like. */
export interface ChannelTraits {
  /** Whether one webhook holds many items. */
  readonly batches: boolean;
  /** The header with the proof, in lower case, if there is one. */
  readonly proofHeader?: string;
  /** Whether the proof covers the body, byte by byte. */
  readonly signsBody: boolean;
  /** Whether a rotated secret stays valid for a while. */
  readonly rotates: boolean;
  /** Whether files, templates, buttons and lists, and the 24-hour window exist. */
  readonly has: {
    readonly download: boolean;
    readonly template: boolean;
    readonly interactive: boolean;
    readonly window: boolean;
  };
  start(): Promise<ChannelHarness>;
}

const deadlineMs = 2000;
const at = Date.UTC(2026, 10, 21, 12, 0, 0);
const correlation = 'c0ffee00-0000-4000-8000-000000000001';

const contents: readonly (readonly [string, OutboundContent])[] = [
  ['a text', { type: 'text', text: 'Grüße, 你好 👋' }],
  ['an image', { type: 'media', media: { type: 'image', url: 'https://example.com/a.jpg', caption: 'A' } }],
  [
    'a document',
    { type: 'media', media: { type: 'document', url: 'https://example.com/a.pdf', fileName: 'a.pdf' } },
  ],
];

/** For channels that have them. */
const interactives: readonly (readonly [string, OutboundContent])[] = [
  [
    'buttons',
    {
      type: 'interactive',
      interactive: {
        kind: 'buttons',
        header: { type: 'image', url: 'https://example.com/a.jpg' },
        body: 'Shall we?',
        footer: 'Any time',
        buttons: [
          { id: 'yes', title: 'Yes' },
          { id: 'no', title: 'No' },
        ],
      },
    },
  ],
  [
    'a list',
    {
      type: 'interactive',
      interactive: {
        kind: 'list',
        header: { text: 'Rooms' },
        body: 'Which one?',
        button: 'Show',
        rows: [
          { id: '1', title: 'Single', description: 'One bed' },
          { id: '2', title: 'Double' },
        ],
      },
    },
  ],
];

const template: OutboundContent = {
  type: 'template',
  template: {
    name: 'order_update',
    language: 'en_US',
    header: [{ type: 'image', url: 'https://example.com/h.jpg' }],
    body: [{ type: 'text', text: 'Ann' }],
  },
};

/** Runs the suite against one channel. */
export function describeChannel(name: string, traits: ChannelTraits): void {
  describe(`channel contract: ${name}`, () => {
    let harness: ChannelHarness;
    const signal = () => AbortSignal.timeout(deadlineMs);
    const read = (messageId: string, typing: boolean, stop = signal()) =>
      harness.channel.markRead({ ...harness.address, messageId, typing, repeatId: correlation }, stop);
    const send = (content: OutboundContent, stop = signal()) =>
      harness.channel.send({ ...harness.address, content, correlation }, stop);
    const text: OutboundContent = { type: 'text', text: 'hello' };

    beforeEach(async () => {
      harness = await traits.start();
    });
    afterEach(async () => {
      await harness.channel.close();
      await harness.close();
    });

    describe('capabilities', () => {
      it('say what is implemented', () => {
        const { channel, documented } = harness;
        const { capabilities } = channel;
        assert.equal(channel.setTyping !== undefined, capabilities.typing === 'independent');
        assert.equal(documented.showTyping !== undefined, capabilities.typing === 'independent');
        assert.equal(documented.markReadAndType !== undefined, capabilities.typing === 'impliesRead');
        assert.equal(documented.markRead !== undefined, capabilities.read === 'call');
        assert.equal(documented.stopTyping !== undefined, capabilities.stopTyping);
        assert.equal(capabilities.window, traits.has.window);
      });
      it('hold together', () => {
        const { capabilities, businesses, name: own } = harness.channel;
        assert.ok(businesses.includes(harness.address.business));
        assert.equal(own, harness.address.channel);
        assert.ok(capabilities.minTypingPeriodMs <= capabilities.typingPeriodMs);
        assert.ok(capabilities.callsPerSecond > 0);
        assert.ok(capabilities.readWithinMs === null || capabilities.readWithinMs > 0);
        if (capabilities.read === 'withTyping') assert.equal(capabilities.typing, 'impliesRead');
      });
    });

    describe('calls', () => {
      it('marks a message read by the documented call, or by none', async () => {
        const { documented } = harness;
        const id = harness.inboundId();
        if (documented.markRead === undefined) {
          await assert.rejects(read(id, false), isBluetickError);
          assert.deepEqual(harness.calls(), []);
        } else {
          await read(id, false);
          assert.deepEqual(harness.calls(), [documented.markRead(id)]);
        }
      });
      it('shows typing by the documented call, once', async () => {
        const { documented, address, channel } = harness;
        const id = harness.inboundId();
        if (documented.markReadAndType !== undefined) {
          await read(id, true);
          assert.deepEqual(harness.calls(), [documented.markReadAndType(id)]);
        } else if (documented.showTyping !== undefined) {
          await channel.setTyping?.({ ...address, show: true }, signal());
          assert.deepEqual(harness.calls(), [documented.showTyping()]);
        }
      });
      it('stops typing where that exists', async () => {
        const { documented, address, channel } = harness;
        if (documented.stopTyping === undefined) return;
        await channel.setTyping?.({ ...address, show: false }, signal());
        assert.deepEqual(harness.calls(), [documented.stopTyping()]);
      });
      for (const [what, content] of [
        ...contents,
        ...(traits.has.interactive ? interactives : []),
        ...(traits.has.template ? [['a template', template] as const] : []),
      ]) {
        it(`sends ${what} by the documented call and answers the provider’s id`, async () => {
          const { providerId } = await send(content);
          assert.ok(providerId.length > 0);
          assert.deepEqual(harness.calls(), [harness.documented.send(content, correlation)]);
        });
      }
      it('answers another id for each message', async () => {
        const ids = await Promise.all([send(text), send(text), send(text)]);
        assert.equal(new Set(ids.map(({ providerId }) => providerId)).size, 3);
      });
      if (traits.has.download) {
        it('fetches a file that the customer sent', async () => {
          const file = harness.inboundFile?.();
          assert.ok(file !== undefined);
          const download = await harness.channel.downloadMedia(harness.address.business, file.id, signal());
          const chunks: Uint8Array[] = [];
          for await (const chunk of download.body) chunks.push(chunk);
          assert.deepEqual(Buffer.concat(chunks), Buffer.from(file.bytes));
          assert.equal(download.contentType, file.contentType);
          if (download.size !== undefined) assert.equal(download.size, file.bytes.length);
        });
      }
      it('refuses a business number that it does not serve, without a call', async () => {
        const call = { ...harness.address, business: 'somebody-else', content: text, correlation };
        await assert.rejects(harness.channel.send(call, signal()), isBluetickError);
        assert.deepEqual(harness.calls(), []);
      });
    });

    describe('faults', () => {
      /** Checks that a call fails with a `ProviderError` that shows nothing it should not. */
      async function faultOf(call: Promise<unknown>, ...ids: string[]): Promise<ProviderError> {
        const error = await call.then(
          () => assert.fail('the call succeeded'),
          (error: unknown) => error,
        );
        assert.ok(error instanceof ProviderError, String(error));
        const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
        for (const secret of [...harness.secrets, harness.address.customer, ...ids]) {
          assert.ok(!shown.includes(secret), 'the error shows a secret, a number or an id');
        }
        return error;
      }

      /** Every call that the channel has. */
      const calls = (): (() => Promise<unknown>)[] => {
        const { documented, channel, address } = harness;
        const id = harness.inboundId();
        return [
          () => send(text),
          ...(documented.markRead === undefined ? [] : [() => read(id, false)]),
          ...(documented.markReadAndType === undefined ? [] : [() => read(id, true)]),
          ...(channel.setTyping === undefined
            ? []
            : [() => channel.setTyping?.({ ...address, show: true }, signal()) ?? Promise.resolve()]),
        ];
      };

      it('429 with Retry-After is `rate`, with the wait', async () => {
        for (const call of calls()) {
          harness.strike('rate');
          const fault = await faultOf(call());
          assert.equal(fault.fault, 'rate');
          assert.equal(fault.retryAfterMs, 7000);
          assert.equal(fault.retryable, true);
        }
      });
      it('500 is `transient`, counts for the whole provider, and did not act', async () => {
        for (const call of calls()) {
          harness.strike('server');
          const fault = await faultOf(call());
          assert.equal(fault.fault, 'transient');
          assert.equal(fault.providerWide, true);
          assert.equal(fault.ambiguous, false);
        }
      });
      it('refused credentials are `auth`', async () => {
        for (const call of calls()) {
          harness.strike('auth');
          const fault = await faultOf(call());
          assert.equal(fault.fault, 'auth');
          assert.equal(fault.providerWide, false);
        }
      });
      if (traits.has.window) {
        it('a closed window is `window`, and nothing to repeat', async () => {
          harness.strike('window');
          const fault = await faultOf(send(text));
          assert.equal(fault.fault, 'window');
          assert.equal(fault.code, 'window_closed');
          assert.equal(fault.retryable, false);
        });
      }
      it('errors show no id of a message', async () => {
        if (harness.documented.markRead === undefined) return;
        const id = harness.inboundId();
        harness.strike('server');
        await faultOf(read(id, false), id);
      });
      it('a call that hangs ends at once when its signal aborts', async () => {
        harness.strike('hang');
        const stop = new AbortController();
        const fault = faultOf(send(text, stop.signal));
        await harness.called();
        const before = performance.now();
        stop.abort();
        const error = await fault;
        assert.ok(performance.now() - before < 500);
        assert.equal(error.fault, 'transient');
        assert.equal(error.providerCode, 'aborted');
        assert.equal(error.providerWide, false);
        assert.equal(error.ambiguous, true);
      });
      it('a signal that has aborted already lets no call out', async () => {
        const error = await faultOf(send(text, AbortSignal.abort()));
        assert.equal(error.ambiguous, false);
        assert.deepEqual(harness.calls(), []);
      });
      it('the next call after a fault works', async () => {
        harness.strike('server');
        await faultOf(send(text));
        await send(text);
      });
    });

    describe('webhook', () => {
      const message = (index = 0): WebhookItem => ({
        what: 'message',
        id: `message-${index}`,
        at: at + index * 1000,
        text: `text ${index}`,
      });
      const parse = (items: readonly WebhookItem[]): ChannelEvents =>
        harness.channel.webhook.parse(harness.webhook(items).body);
      const authenticate = async (request: RawRequest) => harness.channel.webhook.authenticate(request);
      const refuses = async (request: RawRequest, what: string) => {
        const proof =
          traits.proofHeader === undefined
            ? undefined
            : harness.webhook([message()]).headers[traits.proofHeader];
        await assert.rejects(
          authenticate(request),
          (error: BluetickError) => {
            assert.equal(error.code, 'unauthorized', what);
            const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
            for (const secret of [...harness.secrets, String(proof)])
              assert.ok(!shown.includes(secret), what);
            return true;
          },
          what,
        );
      };

      it('accepts its provider’s proof', async () => {
        await authenticate(harness.webhook([message()]));
      });
      if (traits.rotates) {
        it('accepts an older secret while it is rotated', async () => {
          await authenticate(harness.webhook([message()], 'rotated'));
        });
      }
      it('refuses a wrong secret, and shows no expected proof', async () => {
        await refuses(harness.webhook([message()], 'wrong'), 'wrong secret');
      });
      if (traits.proofHeader !== undefined) {
        const header = traits.proofHeader;
        it('refuses a proof that is missing, empty, cut, longer, twice or in other letters', async () => {
          const good = harness.webhook([message()]);
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
          const good = harness.webhook([message()]);
          const body = good.body.toString('utf8');
          const others: [string, Buffer][] = [
            ['empty', Buffer.alloc(0)],
            ['cut', good.body.subarray(0, -1)],
            ['re-encoded', Buffer.from(body, 'utf16le')],
            ['with a byte order mark', Buffer.from(`\uFEFF${body}`)],
            ['with a line break', Buffer.from(`${body}\n`)],
            ['another one', harness.webhook([message(1)]).body],
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
        const { channel, business, customer } = harness.address;
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
        const { channel, business } = harness.address;
        const [only] = acknowledgements;
        assert.deepEqual([only?.channel, only?.business, only?.providerId], [channel, business, 'out-1']);
        assert.equal(only?.status.toLowerCase(), 'read');
      });
      it('gives the same keys when a webhook comes again', () => {
        const { body } = harness.webhook([message()]);
        const keys = () => harness.channel.webhook.parse(body).messages.map(({ key }) => key);
        assert.deepEqual(keys(), keys());
        assert.notDeepEqual(
          keys(),
          parse([message(1)]).messages.map(({ key }) => key),
        );
      });
      it('refuses a body that is no webhook, with invalid_request', () => {
        for (const body of ['', 'x', '{', '\xff\xfe', '[['.repeat(100_000)]) {
          assert.throws(() => harness.channel.webhook.parse(Buffer.from(body, 'latin1')), {
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
            assert.ok(!rejected[0]?.reason.includes(harness.address.customer));
          }
        });
      }
    });
  });
}

/**
 * One suite for every channel. A channel's test file brings a harness: a real HTTP stand-in of the provider, the
 * channel connected to it, and the provider's documented calls to compare with.
 *
 * @module
 */
import type { Address, OutboundContent } from '../../middleware/domain.ts';
import type { RawRequest, WebhookChannel } from '../../middleware/ports.ts';
import { describeCalls } from './channelCalls.ts';
import { describeCapabilities } from './channelCapabilities.ts';
import { describeFaults } from './channelFaults.ts';
import { type ChannelSuite, correlation, signal } from './channelSamples.ts';
import { describeWebhook } from './channelWebhook.ts';

/** A call as the stand-in saw it. `body` is what it decoded: JSON, or the fields of a form. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The provider's documented calls, for the harness's own address. Absent: the provider has no such call. */
export interface DocumentedCalls {
  readonly markRead?: (messageId: string, repeatId: string) => SeenCall;
  /** Read and typing in one, where typing implies read. */
  readonly markReadAndType?: (messageId: string) => SeenCall;
  readonly showTyping?: () => SeenCall;
  readonly stopTyping?: () => SeenCall;
  /** That an agent joins or leaves, where the customer is shown it. */
  readonly showRepresentative?: (joined: boolean) => SeenCall;
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
  readonly channel: WebhookChannel;
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
  /**
   * Whether files, templates, buttons and lists, and the 24-hour window exist. `told later`: a message outside the window
   * is taken at first, and a status tells that it failed. `media`: whether files can be sent; default yes.
   */
  readonly has: {
    readonly media?: false;
    readonly download: boolean;
    readonly template: boolean;
    readonly interactive: boolean;
    readonly window: boolean | 'told later';
  };
  /** The suite's template, where the provider names templates its own way. Default as Meta does. */
  readonly template?: OutboundContent;
  start(): Promise<ChannelHarness>;
}

/** Runs the suite against one channel. */
export function describeChannel(name: string, traits: ChannelTraits): void {
  describe(`channel contract: ${name}`, () => {
    let harness: ChannelHarness;
    let createdAt: number;
    beforeEach(async () => {
      createdAt = Date.now();
      harness = await traits.start();
    });
    afterEach(async () => {
      await harness.channel.close();
      await harness.close();
    });

    const suite: ChannelSuite = {
      get harness() {
        return harness;
      },
      read: (messageId, typing) =>
        harness.channel.markRead({ ...harness.address, messageId, typing, repeatId: correlation }, signal()),
      send: (content, { as = correlation, stop = signal() } = {}) =>
        harness.channel.send({ ...harness.address, content, correlation: as, createdAt }, stop),
    };
    describeCapabilities(suite, traits);
    describeCalls(suite, traits);
    describeFaults(suite, traits);
    describeWebhook(suite, traits);
  });
}

import { ProviderError } from '../../middleware/errors.ts';
import type { Capabilities, Channel, ReadCall, SendCall, TypingCall } from '../../middleware/ports.ts';

/** Meta's table: what most tests are about. */
export const metaLike: Capabilities = {
  read: 'call',
  typing: 'impliesRead',
  coversEarlier: 'documented',
  typingPeriodMs: 24_000,
  minTypingPeriodMs: 20_000,
  stopTyping: false,
  readWithinMs: 30 * 24 * 60 * 60 * 1000,
  sends: { interactive: true, media: true, template: true, longestText: 4096 },
  window: true,
  idempotentSend: false,
  callsPerSecond: 80,
};

/** Typing stands alone and can be stopped, as WAHA's; a receipt covers only its message. */
export const independent: Capabilities = {
  ...metaLike,
  typing: 'independent',
  coversEarlier: 'no',
  typingPeriodMs: 10_000,
  minTypingPeriodMs: 1000,
  stopTyping: true,
  window: false,
};

/** Twilio's kind: reading always shows typing. */
export const readsByTyping: Capabilities = { ...metaLike, read: 'withTyping', coversEarlier: 'expected' };

/** How a scripted provider answers one call. */
export interface Answer {
  /** Milliseconds until it answers; `hang`: never, until it times out or is given up. */
  readonly afterMs?: number | 'hang';
  /** The failure, if it is one. */
  readonly error?: () => ProviderError;
}

/** One call as the provider saw it. */
export interface SeenCall {
  readonly what: 'read' | 'typing' | 'stopTyping' | 'send';
  readonly business: string;
  readonly customer: string;
  readonly messageId?: string;
  /** Whether the call shows typing. */
  readonly typing: boolean;
  readonly text?: string;
  readonly at: number;
  /** Its place among everything that the test saw. */
  readonly order: number;
  endedAt?: number;
  ok?: boolean;
}

/** A channel in the test's own process, for tests that run on a fake clock. */
export interface ScriptedChannel extends Channel {
  readonly calls: SeenCall[];
  /** Decides how each call is answered. Default: at once, well. */
  answer: (call: SeenCall) => Answer;
}

/** Makes one. `order` numbers events across the whole test. */
export function scriptedChannel(
  capabilities: Capabilities,
  order: () => number,
  name: Channel['name'] = 'meta',
): ScriptedChannel {
  const calls: SeenCall[] = [];

  async function perform(call: Omit<SeenCall, 'at' | 'order'>, signal: AbortSignal): Promise<SeenCall> {
    const seen: SeenCall = { ...call, at: Date.now(), order: order() };
    calls.push(seen);
    const { afterMs = 0, error } = channel.answer(seen);
    try {
      await wait(afterMs, signal);
      const failure = error?.();
      if (failure !== undefined) throw failure;
      seen.ok = true;
      return seen;
    } catch (failure) {
      seen.ok = false;
      throw failure;
    } finally {
      seen.endedAt = Date.now();
    }
  }

  const channel: ScriptedChannel = {
    name,
    businesses: ['b1', 'b2'],
    capabilities,
    calls,
    answer: () => ({}),
    async markRead({ business, customer, messageId, typing }: ReadCall, signal) {
      await perform({ what: 'read', business, customer, messageId, typing }, signal);
    },
    async send({ business, customer, content }: SendCall, signal) {
      const text = content.type === 'text' ? content.text : content.type;
      const { order: number } = await perform(
        { what: 'send', business, customer, typing: false, text },
        signal,
      );
      return { providerId: `out-${number}` };
    },
    async downloadMedia() {
      throw new ProviderError('no media here', {
        fault: 'permanent',
        is: 'media_refused',
        providerCode: 'none',
      });
    },
    async close() {},
    ...(capabilities.typing === 'independent' && {
      async setTyping({ business, customer, show }: TypingCall, signal: AbortSignal) {
        await perform({ what: show ? 'typing' : 'stopTyping', business, customer, typing: show }, signal);
      },
    }),
  };
  return channel;
}

/** As every channel's own: a call that takes longer has timed out. */
const timeoutMs = 10_000;

/** Waits on the test's clock. A caller that gives up gets what a channel gives it. */
function wait(ms: number | 'hang', signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer =
      ms === 'hang' ? setTimeout(() => reject(failures.timeout()), timeoutMs) : setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(
          new ProviderError('aborted', { fault: 'transient', providerCode: 'aborted', ambiguous: true }),
        );
      },
      { once: true },
    );
  });
}

/** The failures that providers give, by name. */
export const failures = {
  overloaded: () =>
    new ProviderError('500', { fault: 'transient', providerCode: 'http_500', providerWide: true }),
  slowDown: (retryAfterMs: number) => () =>
    new ProviderError('429', { fault: 'rate', providerCode: '130429', providerWide: true, retryAfterMs }),
  tooManyToOne: () => new ProviderError('131056', { fault: 'recipient', providerCode: '131056' }),
  badToken: () => new ProviderError('190', { fault: 'auth', providerCode: '190' }),
  refused: () =>
    new ProviderError('131009', { fault: 'permanent', is: 'message_refused', providerCode: '131009' }),
  windowClosed: () => new ProviderError('131047', { fault: 'window', providerCode: '131047' }),
  timeout: () =>
    new ProviderError('timeout', {
      fault: 'transient',
      providerCode: 'timeout',
      providerWide: true,
      ambiguous: true,
    }),
};

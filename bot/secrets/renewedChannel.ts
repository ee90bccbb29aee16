import type { MediaDownload, Webhook, WebhookChannel } from '../../middleware/ports.ts';
import type { Held } from './held.ts';

/**
 * A channel that stays the same to all who hold it, while another takes its place behind it. What it is called, whom it serves
 * and what it can do are as at the start: the settings that decide it take a restart.
 */
export function renewedChannel(held: Held<WebhookChannel>): WebhookChannel {
  const { name, businesses, capabilities, setTyping, showRepresentative, fetchStatus } = held.current;
  return {
    name,
    businesses,
    capabilities,
    webhook: renewedWebhook(held),
    markRead: (call, signal) => held.use(channel => channel.markRead(call, signal)),
    send: (call, signal) => held.use(channel => channel.send(call, signal)),
    ...(setTyping && {
      setTyping: (call, signal) => held.use(async channel => channel.setTyping?.(call, signal)),
    }),
    ...(showRepresentative && {
      showRepresentative: (call, signal) =>
        held.use(async channel => channel.showRepresentative?.(call, signal)),
    }),
    ...(fetchStatus && {
      fetchStatus: (of, signal) => held.use(async channel => (await channel.fetchStatus?.(of, signal)) ?? []),
    }),
    async downloadMedia(business, mediaId, signal) {
      const { part, end } = held.begin();
      // A body that nobody begins to read never ends: who asked has left, or saw by its type that it is not wanted.
      signal.addEventListener('abort', end, { once: true });
      try {
        const download = await part.downloadMedia(business, mediaId, signal);
        return { ...download, body: untilRead(download.body, end) };
      } catch (error) {
        end();
        throw error;
      }
    },
    close: () => held.close(),
  };
}

/** Checks a request by the secrets of its moment. */
function renewedWebhook(held: Held<WebhookChannel>): Webhook {
  const now = () => held.current.webhook;
  const { bodyLimit, otherPaths, challenge, handshake, preflight, reread } = now();
  return {
    bodyLimit,
    ...(otherPaths && { otherPaths }),
    authenticate: request => now().authenticate(request),
    ...(challenge && { challenge: query => now().challenge?.(query) ?? '' }),
    ...(handshake && { handshake: body => now().handshake?.(body) }),
    ...(preflight && { preflight: headers => now().preflight?.(headers) ?? {} }),
    parse: (body, request) => now().parse(body, request),
    ...(reread && {
      reread: item => now().reread?.(item) ?? { messages: [], acknowledgements: [], rejected: [] },
    }),
  };
}

/** A file is on its way until its reader has it, or leaves. */
async function* untilRead(body: MediaDownload['body'], end: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    end();
  }
}

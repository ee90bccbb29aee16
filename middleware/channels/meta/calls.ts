import { z } from 'zod';
import type { Channel } from '../../ports.ts';
import { createHttpClient, type HttpRequest } from '../httpClient.ts';
import { unreadableFault } from '../transportFault.ts';
import { unknownBusiness } from '../unknownBusiness.ts';
import { classifyFault } from './faults.ts';
import { downloadMedia } from './media.ts';
import { createMediaClient } from './mediaClient.ts';
import type { CheckedOptions } from './options.ts';
import { readBody, sendBody } from './sendBody.ts';

/** The answer to a mark-read call. */
const readAnswer = z.looseObject({ success: z.literal(true) });

/** The answer to a send: one message a call, so one element; Meta's arrays are there for its other products. */
const sendAnswer = z.looseObject({ messages: z.tuple([z.looseObject({ id: z.string().min(1) })]) });

/** Makes one call to the Graph API and answers its JSON; anything else rejects. */
export type CallGraph = (
  request: Pick<HttpRequest, 'method' | 'path'> & { readonly body?: object },
  signal: AbortSignal,
) => Promise<unknown>;

/** The calls that a channel makes, on connections of its own. */
export type Calls = Pick<Channel, 'markRead' | 'send' | 'downloadMedia' | 'close'>;

/** Makes the calls of one connection to Meta's Cloud API. */
export function createCalls({
  accessToken,
  phoneNumberIds,
  graphUrl,
  timeoutMs,
  clock,
}: CheckedOptions): Calls {
  const client = createHttpClient({ provider: 'Meta', origin: graphUrl.origin, timeoutMs });
  const mediaClient = createMediaClient({ graphUrl, accessToken, timeoutMs, clock });

  const callGraph: CallGraph = async ({ method, path, body }, signal) => {
    const answer = await client.call(
      {
        method,
        path: graphUrl.pathname + path,
        headers: {
          authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      signal,
    );
    // Success is documented as 200. Its kin are looked at too: to fail a send that was taken would double it.
    if (answer.status < 200 || answer.status > 299) {
      const { status, body } = answer;
      throw classifyFault({ status, retryAfter: answer.headers['retry-after'], body, now: clock.now() });
    }
    try {
      return JSON.parse(answer.body);
    } catch {
      throw unreadableFault('Meta');
    }
  };

  const messagesPath = (business: string) => {
    if (phoneNumberIds.includes(business)) return `/${encodeURIComponent(business)}/messages`;
    throw unknownBusiness('business number');
  };

  return {
    async markRead({ business, messageId, typing }, signal) {
      const body = readBody(messageId, typing);
      const answer = await callGraph({ method: 'POST', path: messagesPath(business), body }, signal);
      if (!readAnswer.safeParse(answer).success) throw unreadableFault('Meta');
    },
    async send(call, signal) {
      const body = sendBody(call);
      const answer = await callGraph({ method: 'POST', path: messagesPath(call.business), body }, signal);
      const read = sendAnswer.safeParse(answer);
      if (!read.success) throw unreadableFault('Meta');
      const [message] = read.data.messages;
      return { providerId: message.id };
    },
    downloadMedia: (business, mediaId, signal) =>
      downloadMedia({ business, mediaId, signal }, { callGraph, mediaClient }),
    async close() {
      await Promise.all([client.close(), mediaClient.close()]);
    },
  };
}

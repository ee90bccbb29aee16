import { z } from 'zod';
import { createHttpClient } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { pathBelow } from '../pathBelow.ts';
import { unreadableFault } from '../transportFault.ts';
import { classifyTwilioFault } from './faults.ts';
import type { CheckedOptions } from './options.ts';

const answerForm = z.looseObject({ success: z.literal(true) });

/** Calls Twilio's typing indicator, which marks the message read (TW-TYPING). */
export interface TypingClient {
  /** @throws ProviderError */
  show(messageId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Makes one, on connections of its own: the indicator has a host of its own. */
export function createTypingClient({
  messagingUrl,
  messagingApi,
  authorization,
  timeoutMs,
  clock,
}: CheckedOptions): TypingClient {
  const client = createHttpClient({ provider: 'Twilio', origin: messagingUrl.origin, timeoutMs });
  const path = pathBelow(messagingUrl, `/${messagingApi}/Indicators/Typing.json`);
  return {
    async show(messageId, signal) {
      const { type, body } = bodies[messagingApi](messageId);
      const headers = { authorization, accept: 'application/json', 'content-type': type };
      const answer = await client.call({ method: 'POST', path, headers, body }, signal);
      if (answer.status < 200 || answer.status > 299) throw classifyTwilioFault(answer, clock.now());
      if (!answerForm.safeParse(parseJson(answer.body)).success) throw unreadableFault('Twilio');
    },
    close: () => client.close(),
  };
}

/** The versions write the channel's name in different letters. */
const bodies = {
  v2: (messageId: string) => ({
    type: 'application/x-www-form-urlencoded',
    body: new URLSearchParams({ messageId, channel: 'whatsapp' }).toString(),
  }),
  v3: (messageId: string) => ({
    type: 'application/json',
    body: JSON.stringify({ channel: 'WHATSAPP', messageId }),
  }),
} as const;

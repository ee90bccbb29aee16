/** What WAHA and Wawp have in common. */
import { createHash } from 'node:crypto';
import type { ProviderCall, SentText } from './attackedChannel.ts';

/** An id of a customer's message: the number stands in it as it is. */
export function linkedId(number: string, around: Uint8Array): string {
  return `false_${number}@c.us_${Buffer.from(around).toString('hex').toUpperCase()}`;
}

/** Reads a call that sends a text to a chat. */
export function linkedText({ path, body }: ProviderCall, sends: string, field: string): SentText | undefined {
  if (path !== sends) return undefined;
  const { chatId, [field]: text } = JSON.parse(body);
  const id = `true_${chatId}_${createHash('md5').update(body).digest('hex').toUpperCase()}`;
  return { id, to: chatId.replace('@c.us', ''), text, answer: { id } };
}

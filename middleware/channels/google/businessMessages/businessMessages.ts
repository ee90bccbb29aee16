import { randomUUID } from 'node:crypto';
import { ProviderError } from '../../../errors.ts';
import { createApi } from '../api.ts';
import { businessMessagesFailures } from '../failures.ts';
import type { GoogleFormat } from '../format.ts';
import type { CheckedFormat, CheckedOptions } from '../options.ts';
import { uuidOf } from '../uuidOf.ts';
import { readPayload } from './readPayload.ts';
import { representative, sendBody } from './sendBody.ts';

const scope = 'https://www.googleapis.com/auth/businessmessages';

/**
 * Business Messages (GBM), as it was documented: **Google shut it down on 2024-07-31**. A customer is known by the
 * conversation alone. Receipts are resources that are patched, so that one that is set again stays as it is.
 */
export function createBusinessMessages(format: CheckedFormat, options: CheckedOptions): GoogleFormat {
  const api = createApi(format, options, scope, businessMessagesFailures);
  const pathOf = (conversation: string) => `/v1/conversations/${encodeURIComponent(conversation)}`;
  const postEvent = (customer: string, eventId: string, body: object, signal: AbortSignal) =>
    api.call({ method: 'POST', path: `${pathOf(customer)}/events?eventId=${eventId}`, body }, signal);

  return {
    businesses: format.agentIds,
    read: readPayload,
    async markRead({ customer, messageId }, signal) {
      const path = `${pathOf(customer)}/messages/${encodeURIComponent(messageId)}/receipt`;
      await api.call({ method: 'PATCH', path, body: { receiptType: 'READ' } }, signal);
    },
    async setTyping({ customer, show, holder }, signal) {
      const eventType = show ? 'TYPING_STARTED' : 'TYPING_STOPPED';
      await postEvent(customer, randomUUID(), { eventType, representative: representative(holder) }, signal);
    },
    async showRepresentative({ customer, joined, repeatId }, signal) {
      const eventType = joined ? 'REPRESENTATIVE_JOINED' : 'REPRESENTATIVE_LEFT';
      const body = { eventType, representative: representative('agent') };
      await postEvent(customer, uuidOf(repeatId), body, signal);
    },
    async send({ customer, content, correlation, holder }, signal) {
      const messageId = uuidOf(correlation);
      const body = { messageId, representative: representative(holder), ...sendBody(content) };
      try {
        await api.call({ method: 'POST', path: `${pathOf(customer)}/messages`, body }, signal);
      } catch (error) {
        // The id is ours, and nobody else's: what has it is this message, from a call whose answer was lost.
        if (!(error instanceof ProviderError) || error.providerCode !== 'http_409') throw error;
      }
      return { providerId: messageId };
    },
    close: api.close,
  };
}

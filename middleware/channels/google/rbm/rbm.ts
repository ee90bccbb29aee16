import { randomUUID } from 'node:crypto';
import { createApi } from '../api.ts';
import { rbmFailures } from '../failures.ts';
import type { GoogleFormat } from '../format.ts';
import type { CheckedFormat, CheckedOptions } from '../options.ts';
import { uuidOf } from '../uuidOf.ts';
import { readPayload } from './readPayload.ts';
import { sendBody } from './sendBody.ts';

const scope = 'https://www.googleapis.com/auth/rcsbusinessmessaging';

/**
 * RCS for Business (RBM). Events and messages carry an id of the caller's: one that comes twice from an agent is ignored, so
 * that a call that is made again does nothing again.
 */
export function createRbm(format: CheckedFormat, options: CheckedOptions): GoogleFormat {
  const api = createApi(format, options, scope, rbmFailures);

  /** Numbers are in E.164, with their plus sign. */
  const pathTo = (customer: string, what: string, query: Readonly<Record<string, string>>) =>
    `/v1/phones/+${encodeURIComponent(customer)}/${what}?${new URLSearchParams(query)}`;

  return {
    businesses: format.agentIds,
    read: readPayload,
    async markRead({ business: agentId, customer, messageId, repeatId }, signal) {
      const path = pathTo(customer, 'agentEvents', { eventId: uuidOf(repeatId), agentId });
      await api.call({ method: 'POST', path, body: { eventType: 'READ', messageId } }, signal);
    },
    async setTyping({ business: agentId, customer, show }, signal) {
      // Events cannot be taken back: typing ends with the answer, or by itself.
      if (!show) return;
      // Typing that is shown again is new each time, and one that failed is not repeated.
      const path = pathTo(customer, 'agentEvents', { eventId: randomUUID(), agentId });
      await api.call({ method: 'POST', path, body: { eventType: 'IS_TYPING' } }, signal);
    },
    async send({ business: agentId, customer, content, correlation }, signal) {
      const messageId = uuidOf(correlation);
      const path = pathTo(customer, 'agentMessages', { messageId, agentId });
      await api.call({ method: 'POST', path, body: sendBody(content) }, signal);
      return { providerId: messageId };
    },
    close: api.close,
  };
}

import type { Acknowledgement, ChannelEvents, InboundMessage, Rejected } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import { readJsonBody } from '../readJsonBody.ts';
import { channelId } from './fields.ts';
import { readEvent } from './readEvent.ts';
import { readMessage } from './readMessage.ts';
import { readStatus } from './readStatus.ts';

/** The events of a webhook, as they came: Event Grid sends a list, and CloudEvents may come one by one. */
export function eventsOf(body: Buffer): readonly unknown[] {
  const value = readJsonBody(body);
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return [value];
  throw new BluetickError('invalid_request', 'The body holds no events');
}

/**
 * Reads a whole webhook: every event, in either schema, whatever content type was said. What cannot be read is set aside,
 * event by event. Of Azure's many event types only those of messages and their statuses concern us; the others, such as
 * `AdvancedMessageAnalysisCompleted`, are passed over.
 *
 * @param body the body as it came
 * @throws BluetickError `invalid_request` if the body holds no events
 */
export function parseEvents(body: Buffer): ChannelEvents {
  const messages: InboundMessage[] = [];
  const acknowledgements: Acknowledgement[] = [];
  const rejected: Rejected[] = [];
  for (const item of eventsOf(body)) {
    const event = readEvent(item);
    if ('reason' in event) {
      rejected.push({ reason: event.reason, item });
      continue;
    }
    const { type, data } = event.item;
    if (type === 'Microsoft.Communication.AdvancedMessageReceived') {
      const reading = readMessage(event.item);
      if ('item' in reading) messages.push(reading.item);
      else rejected.push({ reason: reading.reason, item, ...addressee(data, 'to') });
    } else if (type === 'Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated') {
      const reading = readStatus(event.item);
      if ('item' in reading) acknowledgements.push(reading.item);
      else rejected.push({ reason: reading.reason, item, ...addressee(data, 'from') });
    }
  }
  return { messages, acknowledgements, rejected };
}

/** The channel that a malformed event is about, if it says so: another's is not ours to keep. */
function addressee(data: unknown, member: 'to' | 'from'): Pick<Rejected, 'business'> {
  const named = typeof data === 'object' && data !== null ? Reflect.get(data, member) : undefined;
  const business = channelId.safeParse(named);
  return business.success ? { business: business.data } : {};
}

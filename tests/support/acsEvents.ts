/** Event Grid's side: the events of Advanced Messaging in both schemas, and their delivery. */
import { randomUUID } from 'node:crypto';

/** The resource that events come from, as the examples in Azure's documentation name it. */
const topic =
  '/subscriptions/{subscription-id}/resourcegroups/{resourcegroup-name}/providers/microsoft.communication/communicationservices/{resource-name}';

/** One event, before it is put into a schema. */
export interface AcsEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly data: unknown;
}

/** A message of a customer. Members of `data` that are given replace those of a text, as `undefined` takes them away. */
export function receivedEvent(
  data: { readonly to: string; readonly from?: string | null } & Record<string, unknown>,
  at: number = Date.now(),
): AcsEvent {
  const { from = '14255551234', to } = data;
  return {
    id: randomUUID(),
    type: 'Microsoft.Communication.AdvancedMessageReceived',
    subject: `advancedMessage/sender/${from || (data.fromBSUID ?? '')}/recipient/${to}`,
    at: at + 3000,
    data: {
      content: 'Hello',
      channelType: 'whatsapp',
      messageType: 'text',
      messageId: randomUUID(),
      receivedTimestamp: azureTime(at),
      ...data,
      from,
    },
  };
}

/** What became of a message of ours. */
export function statusEvent(
  data: { readonly from: string; readonly messageId: string; readonly status: string } & Record<
    string,
    unknown
  >,
  at: number = Date.now(),
): AcsEvent {
  return {
    id: randomUUID(),
    type: 'Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated',
    subject: `advancedMessage/${data.messageId}/status/${data.status}`,
    at,
    data: { channelType: 'whatsapp', to: '14255551234', receivedTimestamp: azureTime(at), ...data },
  };
}

/** The event by which Event Grid asks whether the endpoint wants a subscription. */
export function validationEvent(validationCode: string): AcsEvent {
  const validationUrl = 'https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/x/validate?id=x';
  return {
    id: randomUUID(),
    type: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    subject: '',
    at: Date.now(),
    data: { validationCode, validationUrl },
  };
}

/** Event Grid's own schema: always a list, with decimals in the time. */
export function inGridSchema(events: readonly AcsEvent[]): object[] {
  return events.map(({ id, type, subject, at, data }) => ({
    ...{ id, topic, subject, data },
    eventType: type,
    dataVersion: '1.0',
    metadataVersion: '1',
    eventTime: new Date(at).toISOString().replace('Z', '1716Z'),
  }));
}

/** CloudEvents 1.0: a list where the subscription batches. */
export function inCloudSchema(events: readonly AcsEvent[]): object[] {
  return events.map(({ id, type, subject, at, data }) => ({
    ...{ specversion: '1.0', id, source: topic, type, subject, data },
    time: new Date(at).toISOString().replace('Z', '1716Z'),
  }));
}

/** Delivers a body as Event Grid does; answers the endpoint's response. */
export function deliver(
  url: string,
  body: unknown,
  { headers = {}, about = 'Notification' }: { headers?: Record<string, string>; about?: string } = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'aeg-event-type': about,
      'aeg-subscription-name': 'BLUETICK',
      'aeg-delivery-count': '0',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

/** `2023-07-06T18:30:19+00:00`, as in Azure's examples. */
function azureTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, '+00:00');
}

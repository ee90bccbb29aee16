/** What Twilio sends: signed forms, as its documentation shows them (facts 3.3 to 3.6). */
import { createHmac } from 'node:crypto';

/** The fields of a form. */
export type Form = Readonly<Record<string, string>>;

/** A form, signed. */
export interface SignedForm {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The signature by its rule, written apart from the one under test: for forms whose names come once. */
export function signature(url: string, fields: Form, authToken: string): string {
  const data = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name], url);
  return createHmac('sha1', authToken).update(Buffer.from(data, 'utf8')).digest('base64');
}

/** Encodes a form and signs it for the address with the query by which Twilio reaches us. */
export function signForm(url: string, fields: Form, authToken: string): SignedForm {
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': signature(url, fields, authToken),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

/** Posts a form to a host, signed for the address by which Twilio would reach it. */
export function deliver(
  hostUrl: string,
  publicUrl: string,
  path: string,
  fields: Form,
  { authToken, headers = {} }: { readonly authToken: string; readonly headers?: Form },
): Promise<Response> {
  const { body, headers: signed } = signForm(publicUrl + path, fields, authToken);
  return fetch(hostUrl + path, { method: 'POST', headers: { ...signed, ...headers }, body });
}

/** Who writes to whom. */
export interface Ends {
  readonly accountSid: string;
  /** The number of the business, in digits. */
  readonly business: string;
  /** The number of the customer, in digits. */
  readonly customer: string;
}

/** An inbound message. */
export function inboundForm(
  { accountSid, business, customer }: Ends,
  sid: string,
  more: Form = { Body: 'hello' },
): Form {
  return {
    SmsMessageSid: sid,
    NumMedia: '0',
    ProfileName: 'Anna',
    MessageType: 'text',
    SmsSid: sid,
    WaId: customer,
    SmsStatus: 'received',
    Body: '',
    To: `whatsapp:+${business}`,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: accountSid,
    From: `whatsapp:+${customer}`,
    ApiVersion: '2010-04-01',
    ...more,
  };
}

/** A status callback about a message of the business. */
export function statusForm(
  { accountSid, business, customer }: Ends,
  sid: string,
  status: string,
  more: Form = {},
): Form {
  return {
    ChannelPrefix: 'whatsapp',
    ApiVersion: '2010-04-01',
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: `whatsapp:+${customer}`,
    From: `whatsapp:+${business}`,
    MessageSid: sid,
    AccountSid: accountSid,
    ...more,
  };
}

/** An id of Twilio's: two letters and 32 hex digits. */
export const sid = (prefix: string, number: number): string =>
  `${prefix}${number.toString(16).padStart(32, '0')}`;

import { createHash, createHmac } from 'node:crypto';

/** A customer as webhooks name them. */
export interface WireCustomer {
  /** The number in digits; absent where the customer hides it. */
  readonly number?: string;
  /** The business-scoped user id, which webhooks always carry since 2026 (META-BSUID). */
  readonly userId: string;
  readonly name: string;
}

/** One element of `messages`, without what names its sender. */
export interface WireMessage {
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly type: string;
  /** What stands beside `type`: the member of that name, `context`, and so on. */
  readonly parts: Readonly<Record<string, unknown>>;
}

/** One element of `statuses`. */
export interface WireStatus {
  readonly id: string;
  readonly status: string;
  readonly at: number;
  readonly correlation?: string;
  /** Of a failed message. */
  readonly errors?: readonly object[];
}

/** The account that the simulator's numbers belong to; Meta's own example. */
const accountId = '102290129340398';
const displayNumber = '15550783881';

/** Times on the wire are Unix seconds, as a string. */
const seconds = (at: number) => String(Math.floor(at / 1000));

/** The business-scoped user id that the simulator gives to a number; nothing of the number can be seen in it. */
export function userIdOf(number: string): string {
  const hash = createHash('sha256').update(`bluetick-simulator:${number}`).digest();
  return `US.${hash.readBigUInt64BE().toString()}`;
}

function envelope(business: string, rest: object): object {
  const metadata = { display_phone_number: displayNumber, phone_number_id: business };
  const value = { messaging_product: 'whatsapp', metadata, ...rest };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: accountId, changes: [{ field: 'messages', value }] }],
  };
}

/** A webhook with messages of one customer (inbound messages page). */
export function messageEnvelope(
  business: string,
  customer: WireCustomer,
  messages: readonly WireMessage[],
): object {
  const { number, userId, name } = customer;
  return envelope(business, {
    contacts: [{ profile: { name }, ...(number === undefined ? {} : { wa_id: number }), user_id: userId }],
    messages: messages.map(({ id, at, type, parts }) => ({
      ...(number === undefined ? {} : { from: number }),
      from_user_id: userId,
      id,
      timestamp: seconds(at),
      type,
      ...parts,
    })),
  });
}

/** A webhook with one status: statuses of different kinds never share one (META-STATUS). */
export function statusEnvelope(business: string, customer: WireCustomer, status: WireStatus): object {
  const { number, userId } = customer;
  const failed = status.status === 'failed';
  return envelope(business, {
    ...(failed
      ? {}
      : { contacts: [{ ...(number === undefined ? {} : { wa_id: number }), user_id: userId }] }),
    statuses: [
      {
        id: status.id,
        status: status.status,
        timestamp: seconds(status.at),
        ...(number === undefined ? {} : { recipient_id: number }),
        ...(failed && number !== undefined ? {} : { recipient_user_id: userId }),
        ...(status.correlation === undefined ? {} : { biz_opaque_callback_data: status.correlation }),
        ...(status.errors === undefined ? {} : { errors: status.errors }),
      },
    ],
  });
}

/** The header that Meta signs a webhook with (META-ENDPOINT): HMAC-SHA256 of the raw body. */
export function signBody(body: string | Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

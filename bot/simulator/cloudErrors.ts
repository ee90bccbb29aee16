import { randomBytes } from 'node:crypto';

/** What the Cloud API answers: a status and a JSON body. */
export interface CloudAnswer {
  readonly status: number;
  readonly body: object;
}

/** Short wordings of Meta's, for people who read the simulator's answers. Nothing may be built on them. */
const details: Readonly<Record<number, string>> = {
  100: 'Unsupported or misspelled parameter',
  190: 'Access token has expired',
  200: 'No access token provided',
  130429: 'Cloud API message throughput has been reached.',
  131000: 'Something went wrong',
  131009: 'Parameter value is not valid',
  131026: 'Message undeliverable',
  131047: 'More than 24 hours have passed since the recipient last replied to the sender number.',
  131049: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
  131056: 'Too many messages sent from the sender to the same recipient in a short time.',
};

/** Titles of failed statuses that are not their details. */
const titles: Readonly<Record<number, string>> = {
  131049: 'This message was not delivered to maintain healthy ecosystem engagement.',
};

/**
 * An error answer in the documented form (error codes page, META-ERR).
 *
 * @param status the HTTP status. Meta's page no longer says which status goes with which code, so none of those
 * that the simulator uses is to be relied on
 */
export function cloudError(
  code: number,
  status: number,
  detail = details[code] ?? 'See the code',
): CloudAnswer {
  const error = {
    message: `(#${code}) ${detail}`,
    type: 'OAuthException',
    code,
    error_data: { messaging_product: 'whatsapp', details: detail },
    fbtrace_id: randomBytes(12).toString('base64url'),
  };
  return { status, body: { error } };
}

/**
 * The element of a failed status's `errors` (status webhook page, META-STATUS).
 *
 * @param detail what it says under `error_data.details`; default Meta's wording, where it is known
 */
export function statusError(code: number, detail = details[code] ?? 'See the code'): object {
  const title = titles[code] ?? detail;
  return {
    code,
    title,
    message: title,
    error_data: { details: detail },
    href: '/documentation/business-messaging/whatsapp/support/error-codes',
  };
}

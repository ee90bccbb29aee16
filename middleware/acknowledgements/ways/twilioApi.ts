import { z } from 'zod';
import { checkProviderUrl } from '../../channels/checkProviderUrl.ts';
import { createHttpClient } from '../../channels/httpClient.ts';
import { requireHeaderValue, requirePositive } from '../../channels/requireSetting.ts';
import { unreadableFault } from '../../channels/transportFault.ts';
import { BluetickError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { cannotCall } from './callParts.ts';
import { classifyTwilioFault } from './twilioFaults.ts';

/** What calls to Twilio's REST API need. */
export interface TwilioOptions {
  /** `AC…`: the account, and the user name of every call. */
  readonly accountSid: string;
  /** The account's auth token. */
  readonly authToken: string;
  /** The number that it comes from, in the form of E.164; for text messages also a Messaging Service, `MG…`. */
  readonly from: string;
  /** Default `https://api.twilio.com`. Plain http is taken on loopback only. */
  readonly apiUrl?: string;
  /** How long one call may take, in milliseconds. Default 10,000: what hangs longer goes out another way sooner. */
  readonly timeoutMs?: number;
  /** For dates in `Retry-After`. */
  readonly clock: Clock;
}

/** Makes things in a Twilio account. */
export interface TwilioApi {
  /** @throws ProviderError */
  create(
    resource: 'Messages' | 'Calls',
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly id: string }>;
  close(): Promise<void>;
}

const created = z.looseObject({ sid: z.string().min(1), status: z.string() });

/** Taken, and already known to come to nothing. */
const ended: ReadonlySet<string> = new Set(['failed', 'undelivered', 'canceled', 'busy', 'no-answer']);

/**
 * Calls Twilio's API of version 2010-04-01, as twilio 6.2.0 does (lib/rest/api/v2010/account/message.js and call.js). It
 * knows no idempotency key: a call that is repeated is carried out again.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function createTwilioApi({
  accountSid,
  authToken,
  apiUrl = 'https://api.twilio.com',
  timeoutMs = 10_000,
  clock,
}: Omit<TwilioOptions, 'from'>): TwilioApi {
  const field = 'TWILIO_ACCOUNT_SID';
  if (!/^AC\w+$/.test(requireHeaderValue(accountSid, field))) {
    throw new BluetickError('invalid_configuration', `${field} must be the id of an account, AC…`, { field });
  }
  const token = requireHeaderValue(authToken, 'TWILIO_AUTH_TOKEN');
  const url = checkProviderUrl(apiUrl, 'TWILIO_API_URL');
  const client = createHttpClient({
    provider: 'Twilio',
    origin: url.origin,
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
  });
  const headers = {
    authorization: `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  const account = `${url.pathname.replace(/\/$/, '')}/2010-04-01/Accounts/${accountSid}`;

  return {
    async create(resource, form, signal) {
      const path = `${account}/${resource}.json`;
      const body = new URLSearchParams(form).toString();
      const answer = await client.call({ method: 'POST', path, headers, body }, signal);
      if (answer.status < 200 || answer.status > 299) throw classifyTwilioFault(answer, clock.now());
      const read = created.safeParse(parseJson(answer.body));
      if (!read.success) throw unreadableFault('Twilio');
      const { sid, status } = read.data;
      if (ended.has(status))
        throw cannotCall(status, `Twilio took the call and ended it at once (${status})`);
      return { id: sid };
    },
    close: () => client.close(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

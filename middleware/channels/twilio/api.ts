import { z } from 'zod';
import { BluetickError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { createHttpClient, type HttpRequest } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { pathBelow } from '../pathBelow.ts';
import { requireHeaderValue, requirePositive } from '../requireSetting.ts';
import { unreadableFault } from '../transportFault.ts';
import { classifyTwilioFault, endedAtOnce } from './faults.ts';

/** What calls to Twilio's REST API need. */
export interface TwilioAccount {
  /** `AC…`: the account, and the user name of every call. */
  readonly accountSid: string;
  /** The account's auth token. */
  readonly authToken: string;
  /** Default `https://api.twilio.com`. Plain http is taken on loopback only. */
  readonly apiUrl?: string;
  /** How long one call may take, in milliseconds. Default 10,000: what hangs longer goes out another way sooner. */
  readonly timeoutMs?: number;
  /** For dates in `Retry-After`. */
  readonly clock: Clock;
}

/** Makes things in a Twilio account, and looks at them. */
export interface TwilioApi {
  /** @throws ProviderError; also where Twilio says at once that it came to nothing */
  create(
    resource: 'Messages' | 'Calls',
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly id: string }>;
  /**
   * Answers a message as it is now.
   *
   * @throws ProviderError
   */
  fetchMessage(sid: string, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

const created = z.looseObject({
  sid: z.string().min(1),
  status: z.string(),
  error_code: z.int().transform(String).optional().catch(undefined),
});

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
}: TwilioAccount): TwilioApi {
  const authorization = basicAuth(accountSid, authToken);
  const url = checkProviderUrl(apiUrl, 'TWILIO_API_URL');
  const client = createHttpClient({
    provider: 'Twilio',
    origin: url.origin,
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
  });
  const account = accountPath(url, accountSid);

  const call = async (request: Omit<HttpRequest, 'headers'>, signal: AbortSignal): Promise<unknown> => {
    const headers = {
      authorization,
      accept: 'application/json',
      ...(request.body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const answer = await client.call({ ...request, headers }, signal);
    if (answer.status < 200 || answer.status > 299) throw classifyTwilioFault(answer, clock.now());
    return parseJson(answer.body);
  };

  return {
    async create(resource, form, signal) {
      const body = new URLSearchParams(form).toString();
      const answer = await call({ method: 'POST', path: `${account}/${resource}.json`, body }, signal);
      const read = created.safeParse(answer);
      if (!read.success) throw unreadableFault('Twilio');
      const { sid, status, error_code } = read.data;
      if (ended.has(status)) throw endedAtOnce(status, error_code);
      return { id: sid };
    },
    fetchMessage: (sid, signal) =>
      call({ method: 'GET', path: `${account}/Messages/${encodeURIComponent(sid)}.json` }, signal),
    close: () => client.close(),
  };
}

/**
 * The header of every call: the account and its token.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function basicAuth(accountSid: string, authToken: string): string {
  const field = 'TWILIO_ACCOUNT_SID';
  if (!/^AC\w+$/.test(requireHeaderValue(accountSid, field))) {
    throw new BluetickError('invalid_configuration', `${field} must be the id of an account, AC…`, { field });
  }
  const token = requireHeaderValue(authToken, 'TWILIO_AUTH_TOKEN');
  return `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`;
}

/** Where an account's things are, from the root of the address on. */
export function accountPath(url: URL, accountSid: string): string {
  return pathBelow(url, `/2010-04-01/Accounts/${accountSid}`);
}

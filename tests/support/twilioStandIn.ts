/**
 * Twilio on this machine: its REST API, its typing indicator, its files, and its status callbacks with their retries. It
 * authenticates, checks what it is sent and answers as Twilio documents (facts 3). What is not documented there, such as the
 * codes of most refusals, is only as strict as a test needs and nothing to rely on.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import {
  type Answer,
  type Call,
  type CallServer,
  decodeJson,
  type Silence,
  serveCalls,
} from './callServer.ts';
import { type MessageRequest, messageRequest, typingRequests } from './twilioRequests.ts';
import { type Form, signForm, statusForm } from './twilioWebhooks.ts';

/**
 * What goes wrong with the next call: 429 with `Retry-After: 7`; 500; refused credentials; no answer; the connection broken;
 * or a message that is taken and has failed with a code at once.
 */
export type TwilioFault = 'rate' | 'server' | 'auth' | 'hang' | 'drop' | { readonly failedWith: number };

/** A file that a customer sent. */
export interface TwilioFile {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** A message of the business, as Twilio knows it. */
export interface SentMessage {
  readonly sid: string;
  readonly request: MessageRequest;
  status: string;
  errorCode: number | null;
}

/** The stand-in, listening. */
export interface TwilioStandIn extends CallServer {
  readonly accountSid: string;
  readonly authToken: string;
  /** Every request for a file at the host where the files really are. */
  readonly fileRequests: readonly Call[];
  /** The messages that were really sent, oldest first. */
  readonly sent: readonly SentMessage[];
  /** The inbound messages for which typing was shown, oldest first: Twilio has marked them read. */
  readonly read: readonly string[];
  /** Makes a message of a customer known: answers its id. */
  receive(): string;
  /** Keeps a file of a customer: answers its address, as a webhook tells it. */
  keep(file: TwilioFile): string;
  /** Where files are: at Twilio's API itself, at another host, or at an address of the test's. */
  filesAt: 'api' | 'elsewhere' | URL;
  strike(fault: TwilioFault): void;
  /**
   * Moves a message on, and tells so by its status callback, again and again as its address asks for.
   *
   * @param hostUrl where the public address really is
   * @returns the statuses that the callbacks were answered, in their order
   */
  tell(message: SentMessage, status: string, hostUrl: string, more?: Form): Promise<readonly number[]>;
}

/** Starts one on free ports. */
export async function startTwilioStandIn({
  accountSid = 'AC00000000000000000000000000000001',
  authToken = randomBytes(16).toString('hex'),
}: {
  readonly accountSid?: string;
  readonly authToken?: string;
} = {}): Promise<TwilioStandIn> {
  const sent: SentMessage[] = [];
  const read: string[] = [];
  const inbound = new Set<string>();
  const files = new Map<string, TwilioFile>();
  const faults: TwilioFault[] = [];
  const account = `/2010-04-01/Accounts/${accountSid}`;
  const newSid = (prefix: string) => prefix + randomBytes(16).toString('hex');

  const send = (form: unknown, failedWith: number | undefined): Answer => {
    const { data: request } = messageRequest.safeParse(form);
    if (request === undefined) return refusal(400, 21604);
    const status = failedWith === undefined ? 'queued' : 'failed';
    const prefix = request.MediaUrl === undefined ? 'SM' : 'MM';
    const message = { sid: newSid(prefix), request, status, errorCode: failedWith ?? null };
    sent.push(message);
    return { status: 201, body: resourceOf(message, accountSid) };
  };

  const showTyping = (version: 'v2' | 'v3', body: unknown): Answer => {
    const { data } = typingRequests[version].safeParse(body);
    if (data === undefined || !inbound.has(data.messageId)) return refusal(400, 20001);
    read.push(data.messageId);
    return { status: 200, body: { success: true } };
  };

  const fileAnswer = (file: TwilioFile): Answer => ({
    status: 200,
    headers: { 'content-type': file.contentType },
    body: file.bytes,
  });

  const answerTo = ({ method, path, headers, body }: Call, failedWith?: number): Answer => {
    const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
    if (headers.authorization !== `Basic ${basic}`) return refusal(401, 20003);
    const type = headers['content-type'];
    const isForm = type === 'application/x-www-form-urlencoded';
    if (method === 'POST') {
      if (path === `${account}/Messages.json` && isForm) return send(body, failedWith);
      if (path === '/v2/Indicators/Typing.json' && isForm) return showTyping('v2', body);
      if (path === '/v3/Indicators/Typing.json' && type === 'application/json') return showTyping('v3', body);
      return refusal(404, 20404);
    }
    const message = sent.find(({ sid }) => path === `${account}/Messages/${sid}.json`);
    if (message !== undefined) return { status: 200, body: resourceOf(message, accountSid) };
    const file = files.get(path);
    if (file === undefined) return refusal(404, 20404);
    if (standIn.filesAt === 'api') return fileAnswer(file);
    const location =
      standIn.filesAt === 'elsewhere' ? `${fileHost.origin}${path}?key=1` : standIn.filesAt.href;
    return { status: 307, headers: { location } };
  };

  const fileHost = await serveCalls(decodeJson, ({ path }) => {
    const file = files.get(path.replace(/\?.*/, ''));
    return file === undefined ? { status: 403 } : fileAnswer(file);
  });
  const api = await serveCalls(decode, (call): Answer | Silence => {
    const fault = faults.shift();
    if (fault === 'rate') return { ...refusal(429, 20429), headers: { 'retry-after': '7' } };
    if (fault === 'server') return refusal(500, 20500);
    if (fault === 'auth') return refusal(401, 20003);
    if (fault === 'hang' || fault === 'drop') return fault;
    return answerTo(call, fault?.failedWith);
  });

  const standIn: TwilioStandIn = {
    ...api,
    accountSid,
    authToken,
    fileRequests: fileHost.calls,
    sent,
    read,
    receive() {
      const id = newSid('SM');
      inbound.add(id);
      return id;
    },
    keep(file) {
      const path = `${account}/Messages/${newSid('MM')}/Media/${newSid('ME')}`;
      files.set(path, file);
      return `https://api.twilio.com${path}`;
    },
    filesAt: 'elsewhere',
    strike: fault => void faults.push(fault),
    async tell(message, status, hostUrl, more = {}) {
      message.status = status;
      message.errorCode = more.ErrorCode === undefined ? null : Number(more.ErrorCode);
      const url = new URL(String(message.request.StatusCallback));
      const overrides = new URLSearchParams(url.hash.slice(1));
      url.hash = '';
      const ends = {
        accountSid,
        business: message.request.From.replace(/^\D+/, ''),
        customer: message.request.To.replace(/^\D+/, ''),
      };
      const form = signForm(url.href, statusForm(ends, message.sid, status, more), authToken);
      const headers = { ...form.headers, 'i-twilio-idempotency-token': randomBytes(16).toString('hex') };
      const answers: number[] = [];
      const tries = 1 + (overrides.get('rp') === '5xx' ? Number(overrides.get('rc')) : 0);
      while (answers.length < tries) {
        const to = hostUrl + url.pathname + url.search;
        const { status: answered } = await fetch(to, { method: 'POST', headers, body: form.body });
        answers.push(answered);
        if (answered < 500) break;
      }
      return answers;
    },
    async close() {
      await Promise.all([api.close(), fileHost.close()]);
    },
  };
  return standIn;
}

/** A message as the API shows it (facts 3.2). */
function resourceOf({ sid, request, status, errorCode }: SentMessage, accountSid: string): object {
  // RFC 2822.
  const now = new Date().toUTCString().replace('GMT', '+0000');
  return {
    sid,
    account_sid: accountSid,
    messaging_service_sid: null,
    from: request.From,
    to: request.To,
    body: request.Body ?? '',
    status,
    error_code: errorCode,
    error_message: errorCode === null ? null : 'It failed.',
    num_media: request.MediaUrl === undefined ? '0' : '1',
    num_segments: '1',
    direction: 'outbound-api',
    date_created: now,
    date_sent: null,
    date_updated: now,
    price: null,
    price_unit: null,
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
    subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media.json` },
  };
}

/** The documented form of a refusal. */
function refusal(status: number, code: number): Answer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status, body: { code, message: 'It was refused.', more_info, status } };
}

/** The fields of a form, or JSON. */
function decode(raw: Buffer, type: string | undefined): unknown {
  if (type === 'application/json') return decodeJson(raw);
  return Object.fromEntries(new URLSearchParams(raw.toString('utf8')));
}

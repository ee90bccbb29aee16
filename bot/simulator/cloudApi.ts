import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sameSecret } from '../../middleware/channels/sameSecret.ts';
import type { Clock } from '../../middleware/ports.ts';
import { newMessageId } from './chat.ts';
import { type CloudAnswer, cloudError } from './cloudErrors.ts';
import type { CallHow, CallKind, Faults } from './faults.ts';
import type { Phone } from './phone.ts';
import { readJson, sendJson } from './requests.ts';
import { readRequest, type SendRequest, sendRequest, textOf } from './sendRequest.ts';
import type { Timers } from './timers.ts';

/** A call as it reached the simulator, refused ones included. */
export interface RecordedCall {
  readonly at: number;
  readonly kind: CallKind;
  /** Empty where the call names none. */
  readonly phoneNumberId: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The JSON body; `undefined` for downloads, and for what is no JSON. */
  readonly body: unknown;
}

/** A file that a customer sent. */
export interface KeptFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly business: string;
}

/** What the API works with. */
export interface CloudApiParts {
  readonly accessToken: string;
  readonly phoneNumberIds: readonly string[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly faults: Faults;
  readonly files: ReadonlyMap<string, KeptFile>;
  /** How long free-form messages may be sent after the customer's latest, in milliseconds. */
  readonly windowMs: number;
  /** The address of this server, without a slash at the end. */
  readonly url: () => string;
  /** The phone of a number or a user id; made if it is new. */
  readonly phoneOf: (business: string, customer: string) => Phone;
  /** The phone that a message id of the customer belongs to. */
  readonly phoneWith: (business: string, messageId: string) => Phone | undefined;
  readonly recorded: (call: RecordedCall) => void;
}

/** What a call leads to: its answer, and what happens after the answer went out, or, if so planned, before. */
interface Outcome {
  readonly answer: CloudAnswer | KeptFile;
  readonly effect?: { readonly arrive: () => Promise<void>; readonly isEarly: boolean };
}

const versioned = /^\/v\d+\.\d+\/([^/]+)(\/messages)?$/;
const mediaPath = /^\/media\/([^/]+)$/;

/**
 * A local WhatsApp Cloud API: `POST /v25.0/{phone number id}/messages`, `GET /v25.0/{media id}` and the files
 * themselves under `/media/`.
 *
 * @returns a handler that answers whether the request was one of these
 */
export function createCloudApi(
  parts: CloudApiParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', parts.url());
    const [, id, messages] = versioned.exec(url.pathname) ?? [];
    const [, fileId] = mediaPath.exec(url.pathname) ?? [];
    const isMessages = messages !== undefined && request.method === 'POST';
    const isFile = messages === undefined && (id ?? fileId) !== undefined && request.method === 'GET';
    if (!isMessages && !isFile) return false;

    const body = isMessages ? await readJson(request) : undefined;
    const kind = isFile ? 'media' : kindOf(body);
    const named = decodeURIComponent(id ?? fileId ?? '');
    const phoneNumberId = isMessages ? named : (url.searchParams.get('phone_number_id') ?? '');
    const path = url.pathname + url.search;
    parts.recorded({
      at: parts.clock.now(),
      kind,
      phoneNumberId,
      method: request.method ?? '',
      path,
      body,
    });

    const act = (): Outcome => {
      const refused = refuseToken(request, parts);
      if (refused !== undefined) return { answer: refused };
      if (fileId !== undefined) return fileBytes(parts, named);
      if (isFile) return fileDescription(parts, named, phoneNumberId);
      return postMessages(parts, { business: named, body });
    };
    const fault = parts.faults.takeCall(kind);
    await finish(response, fault, act, parts.timers);
    return true;
  };
}

function kindOf(body: unknown): CallKind {
  const has = (key: string) => typeof body === 'object' && body !== null && key in body;
  if (!has('status')) return 'send';
  return has('typing_indicator') ? 'typing' : 'read';
}

/** Answers the call, or lets the fault have it. */
async function finish(
  response: ServerResponse,
  fault: CallHow | undefined,
  act: () => Outcome,
  timers: Timers,
): Promise<void> {
  const answer = async ({ answer, effect }: Outcome) => {
    if (effect?.isEarly) await effect.arrive();
    if ('bytes' in answer) {
      response.writeHead(200, { 'content-type': answer.contentType, 'content-length': answer.bytes.length });
      response.end(answer.bytes);
    } else sendJson(response, answer.status, answer.body);
    if (!effect?.isEarly) void effect?.arrive();
  };
  switch (fault?.type) {
    case undefined:
      return answer(act());
    case 'slow':
      await timers.pause(fault.ms);
      return answer(act());
    case 'hang':
      // Left open: it ends with the caller's patience, or with the server.
      if (fault.acted) void act().effect?.arrive();
      return;
    case 'drop':
      if (fault.acted) void act().effect?.arrive();
      response.destroy();
      return;
    case 'status':
      response.writeHead(fault.status, { 'content-type': 'text/html' });
      response.end('<html><body>This is not the API’s answer</body></html>');
      return;
    case 'code':
      return answer({ answer: cloudError(fault.code, fault.status) });
    case 'rate': {
      const { retryAfterSeconds: wait, code } = fault;
      return sendJson(
        response,
        429,
        cloudError(code, 429).body,
        wait === undefined ? {} : { 'retry-after': String(wait) },
      );
    }
  }
}

function refuseToken(request: IncomingMessage, { accessToken }: CloudApiParts): CloudAnswer | undefined {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) return cloudError(200, 403);
  return sameSecret(token, accessToken) ? undefined : cloudError(190, 401);
}

/** What Graph answers for an object that is not there, or not ours. The code is what it uses elsewhere; not documented here. */
function unknownObject(): Outcome {
  return { answer: cloudError(100, 400, 'Object does not exist, or the token may not see it') };
}

function fileDescription({ files, url }: CloudApiParts, id: string, phoneNumberId: string): Outcome {
  const file = files.get(id);
  if (file === undefined || (phoneNumberId !== '' && phoneNumberId !== file.business)) return unknownObject();
  const body = {
    messaging_product: 'whatsapp',
    url: `${url()}/media/${encodeURIComponent(id)}`,
    mime_type: file.contentType,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    // A string, as the Media API page has it.
    file_size: String(file.bytes.length),
    id,
  };
  return { answer: { status: 200, body } };
}

function fileBytes({ files }: CloudApiParts, id: string): Outcome {
  const file = files.get(id);
  return file === undefined ? { answer: cloudError(100, 404) } : { answer: file };
}

function postMessages(
  parts: CloudApiParts,
  call: { readonly business: string; readonly body: unknown },
): Outcome {
  if (!parts.phoneNumberIds.includes(call.business)) return unknownObject();
  if (kindOf(call.body) !== 'send') return markRead(parts, call.business, call.body);
  const typed =
    typeof call.body === 'object' && call.body !== null ? { type: 'text', ...call.body } : call.body;
  const request = sendRequest.safeParse(typed);
  return request.success ? send(parts, call.business, request.data) : { answer: cloudError(100, 400) };
}

function markRead(parts: CloudApiParts, business: string, body: unknown): Outcome {
  const request = readRequest.safeParse(body);
  if (!request.success) return { answer: cloudError(100, 400) };
  const { message_id, typing_indicator } = request.data;
  const phone = parts.phoneWith(business, message_id);
  // Which code Meta answers for an id that it does not know is not documented: 131009 is a guess.
  if (phone === undefined) return { answer: cloudError(131009, 400) };
  phone.markedRead(message_id, typing_indicator !== undefined);
  return { answer: { status: 200, body: { success: true } } };
}

function send(
  { phoneOf, clock, windowMs, faults }: CloudApiParts,
  business: string,
  request: SendRequest,
): Outcome {
  // "If both are given, `to` wins" (META-BSUID).
  const input = request.to ?? request.recipient;
  if (input === undefined) return { answer: cloudError(100, 400, 'The parameter to is required.') };
  const phone = phoneOf(business, input.replace(/^\+/, ''));
  if (!phone.reachable) return { answer: cloudError(131026, 400) };
  const wroteAt = phone.lastWroteAt ?? Number.NEGATIVE_INFINITY;
  if (request.type !== 'template' && clock.now() - wroteAt > windowMs)
    return { answer: cloudError(131047, 400) };

  const id = newMessageId();
  const text = textOf(request);
  const correlation = request.biz_opaque_callback_data;
  const effect = phone.accept({
    id,
    type: request.type,
    body: request,
    ...(text === undefined ? {} : { text }),
    ...(correlation === undefined ? {} : { correlation }),
    plan: faults.takeStatuses(),
  });
  const contact = request.to === undefined ? { user_id: input } : { wa_id: phone.wire.number ?? input };
  const body = {
    messaging_product: 'whatsapp',
    contacts: [{ input, ...contact }],
    messages: [{ id, message_status: 'accepted' }],
  };
  return { answer: { status: 200, body }, effect };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeptFile } from './cloudApi.ts';
import type { Phone } from './phone.ts';
import { type PhoneAct, phoneActs } from './phoneActs.ts';
import { showFile, takeFile } from './phoneFiles.ts';
import type { PhoneReaders } from './phoneReaders.ts';
import { readDeclaredJson, refuse, sendJson } from './requests.ts';

const phonePath = /^\/phone\/(\+?\d{1,20})(?:\/([a-z]+)(?:\/(\d+))?)?$/;

/** What the routes work with. */
export interface PhoneDoorParts {
  /** The phone of a number; made if it is new. */
  readonly phone: (customer: string) => Phone;
  /** The phone of a number, if there is one. */
  readonly knownPhone: (customer: string) => Phone | undefined;
  /** The files that customers sent. */
  readonly files: ReadonlyMap<string, KeptFile>;
  readonly readers: PhoneReaders;
}

/**
 * Answers a request that is for a phone.
 *
 * @returns whether it was one
 */
export type PhoneDoor = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A request that is for a phone. */
interface Asked {
  readonly customer: string;
  /** Of a file; empty where the address has none. */
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The routes for those who play the customer, by program or on the page `/phone`. `GET /phone/{number}` shows the phone, and
 * `GET …/events` goes on telling of it. What the customer does is a `POST` of JSON, which a foreign page cannot do unasked:
 * `…/messages` (`{"text":"hi"}`, `{"texts":["a","b"]}`), `…/revokes`, `…/presses`, `…/reactions`, `…/chat`
 * (`{"open":true}`), `…/settings` (`{"online":false,"readReceipts":false}`), `…/plays`; and `…/files`, see {@link takeFile}.
 *
 * They take no password: whoever opens them lets in only those at this machine.
 */
export function createPhoneDoor({ phone, knownPhone, files, readers }: PhoneDoorParts): PhoneDoor {
  const show = ({ customer, response }: Asked) => {
    const known = knownPhone(customer);
    if (known === undefined) refuse(response, 404, 'unknown_conversation', 'There is no such phone yet');
    else sendJson(response, 200, known);
  };
  const playing =
    (act: PhoneAct) =>
    async ({ customer, request, response }: Asked) => {
      const body = await readDeclaredJson(request);
      const answer = act(() => phone(customer), body);
      if (answer !== undefined) sendJson(response, 202, answer);
      else refuse(response, 400, 'invalid_request', 'The body is not what this route takes');
    };
  const routes = new Map<string, (asked: Asked) => void | Promise<void>>([
    ['GET ', show],
    ['GET events', ({ customer, response }) => readers.add(phone(customer), response)],
    ['GET files/', ({ id, response }) => showFile(response, files.get(id))],
    ['POST files', ({ customer, request, response }) => takeFile(request, response, () => phone(customer))],
  ]);
  for (const [name, act] of phoneActs) routes.set(`POST ${name}`, playing(act));
  const paths = new Set(Array.from(routes.keys(), route => route.split(' ')[1]));

  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, number, part = '', id = ''] = phonePath.exec(pathname) ?? [];
    const path = id === '' ? part : `${part}/`;
    if (number === undefined || !paths.has(path)) return false;
    const serve = routes.get(`${request.method} ${path}`);
    if (serve === undefined) refuse(response, 405, 'invalid_request', 'This route takes another method');
    else await serve({ customer: number.replace('+', ''), id, request, response });
    return true;
  };
}

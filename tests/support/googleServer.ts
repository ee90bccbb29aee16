/**
 * What Google's services have in common, on this machine: an endpoint that gives tokens to a service account for a signed
 * JWT, and calls that want such a token. What is called, a stand-in says.
 *
 * @module
 */
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import { Waiting } from '../../bot/simulator/waiting.ts';

/** One call, as it came. */
export interface GoogleCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. */
  readonly body: unknown;
}

/** What a call is answered. */
export interface GoogleAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * What goes wrong with the next call: 429 with `Retry-After: 7`; 500; a token that is not taken; no answer; no answer, though
 * it was carried out; another answer.
 */
export type GoogleFault = 'rate' | 'server' | 'auth' | 'hang' | 'lost' | GoogleAnswer;

/** The server, listening. */
export interface GoogleServer {
  readonly origin: string;
  /** The key of its service account, as the console gives it out. */
  readonly serviceAccount: string;
  /** Every call but those for tokens, oldest first. */
  readonly calls: readonly GoogleCall[];
  /** The tokens that it gave, oldest first. They begin with `ya29.`. */
  readonly tokens: readonly string[];
  /** How often a token was asked for. */
  readonly asked: number;
  /** What the endpoint for tokens answers. Default: what it is asked for. */
  tokenAnswer: GoogleAnswer | 'hang' | undefined;
  /** How long tokens live, in seconds. Default 3600, Google's. */
  tokenLife: number;
  strike(fault: GoogleFault): void;
  /** Called when a call was carried out; it is answered afterwards. Default nothing. */
  beforeAnswer: (call: GoogleCall) => Promise<void>;
  /** Waits until `look` finds something; it is asked after each call. */
  waitFor<T>(look: () => T | undefined | false, deadlineMs?: number): Promise<T>;
  close(): Promise<void>;
}

/** A key takes a tenth of a second to make, and is nobody's. */
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const email = 'bluetick@the-project.iam.gserviceaccount.com';

/** The key of a service account, as the console gives it out, whose tokens come from an address. */
export function serviceAccountOf(tokenUrl: string): string {
  return JSON.stringify({
    type: 'service_account',
    project_id: 'the-project',
    private_key_id: 'key-1',
    private_key: keys.privateKey,
    client_email: email,
    token_uri: tokenUrl,
  });
}

/**
 * Starts one on a free port.
 *
 * @param scope what its tokens are for: others are not given
 * @param carryOut what a call does that has a token, and what it is answered
 */
export async function startGoogleServer(
  scope: string,
  carryOut: (call: GoogleCall, url: URL) => GoogleAnswer,
): Promise<GoogleServer> {
  const waiting = new Waiting();
  const calls: GoogleCall[] = [];
  const tokens: string[] = [];
  const faults: GoogleFault[] = [];
  let asked = 0;

  const giveToken = async (form: string): Promise<GoogleAnswer> => {
    const fields = new URLSearchParams(form);
    const grant = fields.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const { payload } = await jwtVerify(fields.get('assertion') ?? '', createPublicKey(keys.publicKey), {
      algorithms: ['RS256'],
      issuer: email,
      audience: server.tokenUrl,
      maxTokenAge: 60,
      requiredClaims: ['iat', 'exp'],
    });
    const lives = Number(payload.exp) - Number(payload.iat);
    if (!grant || payload.scope !== scope || lives > 3600) return refusal(400, 'invalid_scope');
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    tokens.push(token);
    return { status: 200, body: { access_token: token, expires_in: server.tokenLife, token_type: 'Bearer' } };
  };

  const answerTo = (call: GoogleCall): GoogleAnswer => {
    const { authorization } = call.headers;
    if (!tokens.some(token => authorization === `Bearer ${token}`)) return refusal(401, 'UNAUTHENTICATED');
    if (call.body === undefined) return refusal(400, 'INVALID_ARGUMENT');
    return carryOut(call, new URL(call.path, server.origin));
  };

  const serveCall = async (call: GoogleCall, response: ServerResponse): Promise<void> => {
    calls.push(call);
    const fault = faults.shift();
    if (fault === undefined) {
      const answer = answerTo(call);
      await server.beforeAnswer(call);
      write(response, answer);
    }
    if (fault === 'lost') answerTo(call);
    if (fault === 'rate')
      write(response, { ...refusal(429, 'RESOURCE_EXHAUSTED'), headers: { 'Retry-After': '7' } });
    if (fault === 'server') write(response, refusal(500, 'INTERNAL'));
    if (fault === 'auth') write(response, refusal(401, 'UNAUTHENTICATED'));
    if (typeof fault === 'object') write(response, fault);
    waiting.changed();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await buffer(request);
    const { method = '', url: path = '', headers } = request;
    if (path !== '/token') return serveCall({ method, path, headers, body: decode(raw) }, response);
    asked += 1;
    waiting.changed();
    if (server.tokenAnswer === 'hang') return;
    const form = raw.toString('utf8');
    const refused = () => refusal(400, 'invalid_grant');
    write(response, server.tokenAnswer ?? (await giveToken(form).catch(refused)));
  };

  const http = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const tokenUrl = `${origin}/token`;
  const server = {
    origin,
    tokenUrl,
    serviceAccount: serviceAccountOf(tokenUrl),
    calls,
    tokens,
    get asked() {
      return asked;
    },
    tokenAnswer: undefined as GoogleServer['tokenAnswer'],
    tokenLife: 3600,
    strike: (fault: GoogleFault) => void faults.push(fault),
    beforeAnswer: async (_call: GoogleCall) => {},
    waitFor: <T>(look: () => T | undefined | false, deadlineMs = 10_000) =>
      waiting.for(
        look,
        deadlineMs,
        () => `${calls.length} calls: ${calls.map(({ path }) => path).join(' ')}`,
      ),
    async close() {
      waiting.stop();
      http.closeAllConnections();
      await new Promise(resolve => http.close(resolve));
    },
  };
  return server;
}

/** The form in which Google's services refuse. */
export function refusal(status: number, code: string): GoogleAnswer {
  return { status, body: { error: { code: status, message: 'It was refused.', status: code } } };
}

function decode(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, headers = {}, body }: GoogleAnswer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  // Two steps: restify's `writeHead`, where it is loaded, answers nothing.
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

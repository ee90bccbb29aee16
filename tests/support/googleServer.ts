/**
 * What Google's services have in common, on this machine: an endpoint that gives tokens to a service account for a signed
 * JWT, and calls that want such a token. What is called, a stand-in says.
 *
 * @module
 */
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import {
  type Answer,
  type Call,
  type CallServer,
  decodeJson,
  type Silence,
  serveCalls,
} from './callServer.ts';

/**
 * What goes wrong with the next call: 429 with `Retry-After: 7`; 500; a token that is not taken; no answer; no answer, though
 * it was carried out; another answer.
 */
export type GoogleFault = 'rate' | 'server' | 'auth' | 'hang' | 'lost' | Answer;

/** The server, listening. */
export interface GoogleServer extends CallServer {
  /** The key of its service account, as the console gives it out. */
  readonly serviceAccount: string;
  /** Every call but those for tokens, oldest first. */
  readonly calls: readonly Call[];
  /** The tokens that it gave, oldest first. They begin with `ya29.`. */
  readonly tokens: readonly string[];
  /** How often a token was asked for. */
  readonly asked: number;
  /** What the endpoint for tokens answers. Default: what it is asked for. */
  tokenAnswer: Answer | 'hang' | undefined;
  /** How long tokens live, in seconds. Default 3600, Google's. */
  tokenLife: number;
  strike(fault: GoogleFault): void;
  /** Called when a call was carried out; it is answered afterwards. Default nothing. */
  beforeAnswer: (call: Call) => Promise<void>;
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
  carryOut: (call: Call, url: URL) => Answer,
): Promise<GoogleServer> {
  const tokens: string[] = [];
  const faults: GoogleFault[] = [];

  const giveToken = async (form: string): Promise<Answer> => {
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

  const answerTo = (call: Call): Answer => {
    const { authorization } = call.headers;
    if (!tokens.some(token => authorization === `Bearer ${token}`)) return refusal(401, 'UNAUTHENTICATED');
    if (call.body === undefined) return refusal(400, 'INVALID_ARGUMENT');
    return carryOut(call, new URL(call.path, server.origin));
  };

  const answerToCall = async (call: Call): Promise<Answer | Silence> => {
    const fault = faults.shift();
    if (fault === 'rate') return { ...refusal(429, 'RESOURCE_EXHAUSTED'), headers: { 'Retry-After': '7' } };
    if (fault === 'server') return refusal(500, 'INTERNAL');
    if (fault === 'auth') return refusal(401, 'UNAUTHENTICATED');
    if (fault === 'hang' || typeof fault === 'object') return fault;
    const answer = answerTo(call);
    if (fault === 'lost') return 'hang';
    await server.beforeAnswer(call);
    return answer;
  };

  const isForToken = ({ path }: Call) => path === '/token';
  const http = await serveCalls(decodeJson, async (call, raw): Promise<Answer | Silence> => {
    if (!isForToken(call)) return answerToCall(call);
    const refused = () => refusal(400, 'invalid_grant');
    return server.tokenAnswer ?? (await giveToken(raw.toString('utf8')).catch(refused));
  });
  const tokenUrl = `${http.origin}/token`;
  const server = {
    ...http,
    tokenUrl,
    serviceAccount: serviceAccountOf(tokenUrl),
    get calls() {
      return http.calls.filter(call => !isForToken(call));
    },
    tokens,
    get asked() {
      return http.calls.filter(isForToken).length;
    },
    tokenAnswer: undefined as GoogleServer['tokenAnswer'],
    tokenLife: 3600,
    strike: (fault: GoogleFault) => void faults.push(fault),
    beforeAnswer: async (_call: Call) => {},
  };
  return server;
}

/** The form in which Google's services refuse. */
export function refusal(status: number, code: string): Answer {
  return { status, body: { error: { code: status, message: 'It was refused.', status: code } } };
}

/**
 * What lets people, programs and Dynamics 365 in: a text that they show, which we made or whose like we hold.
 *
 * @module
 */
import { keyCheck } from '../../bot/access/administratorKey.ts';
import { AgentTokens } from '../../bot/access/agentTokens.ts';
import { EndedSessions } from '../../bot/access/endedSessions.ts';
import { Sessions } from '../../bot/access/sessions.ts';
import { isProved } from '../../bot/routes/dataverse.ts';
import { createMetaChannel } from '../../middleware/channels/meta/metaChannel.ts';
import { isBluetickError } from '../../middleware/errors.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';

/** One kind of such text. */
export interface Secret {
  readonly title: string;
  /** Those that are right. */
  readonly texts: readonly string[];
  /** Whether one lets its holder in. */
  check(text: string): boolean | Promise<boolean>;
  /** Whether a check goes by another thread, and so costs some ten times what others do. Default no. */
  readonly isSlow?: true;
  /** What of a text is proof: where that is the same as of a right one, it may let in. Default all of it. */
  readonly proof?: (text: string) => string;
  close?(): Promise<void>;
}

/** The kinds, made when they are asked for. Tokens of Entra ID are checked by one function for all: it is a door of `acs`. */
export const secrets: readonly (() => Promise<Secret>)[] = [
  administratorKeys,
  agentTokens,
  sessions,
  dataverseKeys,
  verifyTokens,
];

const current = 'the-key-of-today-0123456789';
const apiKeys = [current, 'the-key-of-yesterday-0123456789'];
const clock = { now: () => 1_795_348_800_000 };

async function administratorKeys(): Promise<Secret> {
  const check = keyCheck(() => apiKeys);
  return { title: 'the administrator’s key', texts: apiKeys, check: text => check(text) !== undefined };
}

async function agentTokens(): Promise<Secret> {
  const tokens = new AgentTokens(() => [current], clock);
  const { token } = await tokens.issue({ events: ['opened'], agent: 'Ada' }, 60_000);
  const check = (text: string) =>
    tokens.read(text).then(
      () => true,
      () => false,
    );
  return { title: 'agents’ tokens', texts: [token], check, proof: tokenProof, isSlow: true };
}

async function sessions(): Promise<Secret> {
  const store = await openSqliteStore({ path: ':memory:' });
  const ended = new EndedSessions(store, clock);
  const signedIn = new Sessions(() => [current], { idleMs: 60_000, ended, clock });
  const { text } = await signedIn.begin({ role: 'agent', agent: 'Ada' });
  return {
    title: 'sessions’ cookies',
    texts: [text],
    check: async shown => (await signedIn.read(shown)) !== undefined,
    proof: tokenProof,
    isSlow: true,
    close: () => store.close(),
  };
}

async function dataverseKeys(): Promise<Secret> {
  const config = { header: 'x-bluetick-key', parameter: 'key' };
  return {
    title: 'Dynamics 365’s key',
    texts: apiKeys,
    check: text =>
      isProved({ headers: { [config.header]: text }, url: '/webhooks/dataverse' }, config, apiKeys),
  };
}

async function verifyTokens(): Promise<Secret> {
  const { webhook, close } = createMetaChannel({
    accessToken: 'token',
    phoneNumberIds: ['106540352242922'],
    appSecrets: ['secret'],
    verifyToken: current,
  });
  const check = (text: string) => {
    try {
      const query = { 'hub.mode': 'subscribe', 'hub.verify_token': text, 'hub.challenge': '1158201444' };
      return webhook.challenge?.(query) === '1158201444';
    } catch (error) {
      if (!isBluetickError(error) || error.code !== 'forbidden') throw error;
      return false;
    }
  };
  return { title: 'the verify token of `meta`', texts: [current], check, close };
}

/** Of a signed token: a signature that is written otherwise in base64url is the same signature. */
export function tokenProof(token: string): string {
  const [, head = '', signature = ''] = /^(.*)\.([^.]*)$/s.exec(token) ?? [];
  return JSON.stringify([head, Buffer.from(signature, 'base64url').toString('hex')]);
}

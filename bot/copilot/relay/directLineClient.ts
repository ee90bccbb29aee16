import { checkProviderUrl } from '../../../middleware/channels/checkProviderUrl.ts';
import { checkUrl } from '../../../middleware/channels/checkUrl.ts';
import { createHttpClient, type HttpRequest } from '../../../middleware/channels/httpClient.ts';
import { parseJson } from '../../../middleware/channels/parseJson.ts';
import { pathBelow } from '../../../middleware/channels/pathBelow.ts';
import { unreadableFault } from '../../../middleware/channels/transportFault.ts';
import type { Clock } from '../../../middleware/ports.ts';
import { systemClock } from '../../../middleware/timing/systemClock.ts';
import { fieldsOf, listOf, textOf } from '../../../middleware/turn/fields.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';
import { faultOf } from './directLineFaults.ts';

/** Where Direct Line is for agents that are bound to no region. */
export const publicDirectLineUrl = 'https://directline.botframework.com/v3/directline';

/** Options of {@link createDirectLineClient}. */
export interface DirectLineOptions {
  /** What answers a `GET` with a token: Copilot Studio's token endpoint of the agent. */
  readonly tokenUrl: string;
  /** Where Direct Line is, with the path before `/conversations`. */
  readonly directLineUrl: string;
  /** How long one call may take, in milliseconds. Default 30,000: Direct Line answers a post when the agent has it. */
  readonly timeoutMs?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** One conversation of Direct Line, and what opens it. */
export interface Grant {
  readonly conversationId: string;
  /** A secret: it opens this one conversation. */
  readonly token: string;
  /** From when on the token is to be refreshed, in Unix milliseconds: half of its life. */
  readonly refreshAt: number;
  /** When the token ends, in Unix milliseconds. It cannot be refreshed any more then. */
  readonly endsAt: number;
}

/** An activity as Direct Line tells it. */
export type AgentActivity = ActivityLike & {
  readonly replyToId?: string;
  readonly inputHint?: string;
  readonly textFormat?: string;
};

/** What is new in a conversation. */
export interface ActivitySet {
  /** Oldest first; those that we posted are among them. */
  readonly activities: readonly AgentActivity[];
  /** How far they go; absent where nothing is new. */
  readonly watermark: string | undefined;
}

/** Speaks Direct Line 3.0 by polling. All calls throw `ProviderError`; see `directLineFaults.ts`. */
export interface DirectLineClient {
  /** Takes a token and starts a conversation. */
  start(signal: AbortSignal): Promise<Grant>;
  /** Answers the same conversation with a token that lives on. */
  refresh(grant: Grant, signal: AbortSignal): Promise<Grant>;
  /** Posts an activity; answers its id there, empty if it was told none. */
  post(grant: Grant, activity: object, signal: AbortSignal): Promise<string>;
  /** Reads what came behind a watermark; without one, everything. */
  read(grant: Grant, watermark: string | undefined, signal: AbortSignal): Promise<ActivitySet>;
  close(): Promise<void>;
}

const provider = 'Direct Line';
const defaultTimeoutMs = 30_000;
/** How long a token lives whose end is not told, in seconds: the shortest of which Microsoft's pages speak. */
const shortestLifeSeconds = 1800;
/** Cards may hold pictures, and transcripts are long. */
const answerLimit = 4 * 1024 * 1024;

/**
 * Makes a client.
 *
 * @throws BluetickError `invalid_configuration` for an address that is not https; plain http is taken on loopback only
 */
export function createDirectLineClient(options: DirectLineOptions): DirectLineClient {
  const { timeoutMs = defaultTimeoutMs, clock = systemClock } = options;
  const { url: tokenUrl } = checkUrl(options.tokenUrl, 'DIRECT_LINE_TOKEN_URL');
  const directLineUrl = checkProviderUrl(options.directLineUrl, 'DIRECT_LINE_URL');
  const [tokens, line] = [tokenUrl, directLineUrl].map(({ origin }) =>
    createHttpClient({ provider, origin, timeoutMs, answerLimit }),
  ) as [ReturnType<typeof createHttpClient>, ReturnType<typeof createHttpClient>];

  const read = async (client: typeof line, request: HttpRequest, signal: AbortSignal) => {
    const answer = await client.call(request, signal);
    if (answer.status < 200 || answer.status > 299) throw faultOf(answer, clock.now());
    return fieldsOf(parseJson(answer.body));
  };
  const call = (method: 'GET' | 'POST', path: string, token: string, signal: AbortSignal, body?: object) =>
    read(
      line,
      {
        method,
        path: pathBelow(directLineUrl, path),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      },
      signal,
    );
  const activitiesOf = ({ conversationId }: Grant) =>
    `/conversations/${encodeURIComponent(conversationId)}/activities`;
  /** What is told of a conversation; what is not told anew stays as it was. */
  const grantOf = (told: Readonly<Record<string, unknown>>, before: Partial<Grant> = {}): Grant => {
    const conversationId = textOf(told.conversationId) || before.conversationId;
    const newToken = tokenOf(told.token);
    const token = newToken ?? before.token;
    if (!conversationId || !token) throw unreadableFault(provider);
    const { refreshAt, endsAt } = before;
    if (newToken === undefined && refreshAt !== undefined && endsAt !== undefined)
      return { conversationId, token, refreshAt, endsAt };
    return { conversationId, token, ...lifeOf(told.expires_in, clock.now()) };
  };

  return {
    async start(signal) {
      const path = tokenUrl.pathname + tokenUrl.search;
      const first = await read(
        tokens,
        { method: 'GET', path, headers: { accept: 'application/json' } },
        signal,
      );
      const token = tokenOf(first.token);
      if (token === undefined) throw unreadableFault(provider);
      const conversationId = textOf(first.conversationId);
      const begun = { token, conversationId, ...lifeOf(first.expires_in, clock.now()) };
      return grantOf(await call('POST', '/conversations', token, signal), begun);
    },
    async refresh(grant, signal) {
      const told = await call('POST', '/tokens/refresh', grant.token, signal);
      if (tokenOf(told.token) === undefined) throw unreadableFault(provider);
      return grantOf({ ...told, conversationId: grant.conversationId });
    },
    async post(grant, activity, signal) {
      return textOf((await call('POST', activitiesOf(grant), grant.token, signal, activity)).id);
    },
    async read(grant, watermark, signal) {
      const query = watermark === undefined ? '' : `?watermark=${encodeURIComponent(watermark)}`;
      const told = await call('GET', activitiesOf(grant) + query, grant.token, signal);
      if (!Array.isArray(told.activities)) throw unreadableFault(provider);
      return {
        activities: listOf(told.activities).map(activity => fieldsOf(activity) as AgentActivity),
        watermark: textOf(told.watermark) || undefined,
      };
    },
    async close() {
      await Promise.all([tokens.close(), line.close()]);
    },
  };
}

/** A token goes into a header: what cannot stand there is none. */
function tokenOf(told: unknown): string | undefined {
  return typeof told === 'string' && /^[\x21-\x7e]+$/.test(told) ? told : undefined;
}

function lifeOf(expiresIn: unknown, now: number): Pick<Grant, 'refreshAt' | 'endsAt'> {
  const seconds = Number(expiresIn);
  const life = (seconds > 0 && Number.isFinite(seconds) ? seconds : shortestLifeSeconds) * 1000;
  return { refreshAt: now + life / 2, endsAt: now + life };
}

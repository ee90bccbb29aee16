import {
  type Answer,
  type Call,
  type CallServer,
  decodeJson,
  type Silence,
  serveCalls,
} from './callServer.ts';

/** An activity of a conversation, as it lies there. */
export interface StoredActivity {
  readonly id: string;
  readonly type: string;
  readonly text?: string;
  readonly value?: unknown;
  readonly from: { readonly id: string; readonly role?: string };
  readonly replyToId?: string;
  readonly channelData?: { readonly clientActivityID?: string; readonly possiblyDoubled?: boolean };
}

/** What the agent says, or sends. */
export type Said = string | (object & { readonly type: string });

/** The kinds of calls that can be made to fail. */
export type DirectLineCall = 'token' | 'start' | 'refresh' | 'post' | 'read';

/** A token endpoint of Copilot Studio and Direct Line 3.0 as Microsoft documents them, with an agent behind. */
export interface DirectLineStandIn
  extends Pick<CallServer<unknown>, 'origin' | 'calls' | 'waitFor' | 'close'> {
  readonly tokenUrl: string;
  readonly directLineUrl: string;
  /** What the agent answers to an activity, all of it at once. Default: it says it again. */
  agent: (activity: StoredActivity, conversation: string) => readonly Said[];
  /** How long a token lives, in seconds. */
  expiresIn: number;
  /** The conversations by their ids, oldest first, with what lies in them. */
  readonly conversations: ReadonlyMap<string, readonly StoredActivity[]>;
  /** Every token that was given. */
  readonly tokens: readonly string[];
  /** What customers' messages lie there, of all conversations. */
  posted(): readonly StoredActivity[];
  /** The agent says something of its own accord. */
  say(conversation: string, said: Said, replyToId?: string): void;
  /** Takes a token's life, as time does. */
  expire(): void;
  /** Calls that were made of a kind. */
  made(kind: DirectLineCall): readonly Call[];
  /** The next calls of a kind fail; `acts` makes the server do its work before the answer is lost. */
  fail(kind: DirectLineCall, how: Answer | Silence, options?: { times?: number; acts?: boolean }): void;
}

/** Starts one on a free port. */
export async function startDirectLineStandIn(): Promise<DirectLineStandIn> {
  const conversations = new Map<string, StoredActivity[]>();
  /** The conversation of each token that holds. */
  const valid = new Map<string, string>();
  const tokens: string[] = [];
  const kinds: { kind: DirectLineCall; call: Call }[] = [];
  const faults: { kind: DirectLineCall; how: Answer | Silence; acts: boolean }[] = [];
  let count = 0;
  const next = (what: string) => `${what}-${++count}`;

  const give = (conversationId: string) => {
    const token = next('the-token-of-a-test');
    tokens.push(token);
    valid.set(token, conversationId);
    return { conversationId, token, expires_in: standIn.expiresIn };
  };
  const lay = (conversation: string, activity: object) => {
    const stored = { ...activity, id: `${conversation}|${next('0')}` } as StoredActivity;
    conversations.get(conversation)?.push(stored);
    return stored;
  };
  const say = (conversation: string, said: Said, replyToId?: string) => {
    const activity = typeof said === 'string' ? { type: 'message', text: said } : said;
    lay(conversation, { from: { id: 'agent', role: 'bot' }, ...(replyToId && { replyToId }), ...activity });
  };
  const refusal = (status: number, code: string): Answer => ({
    status,
    body: { error: { code, message: 'No.' } },
  });

  const work = (kind: DirectLineCall, { path, headers, body }: Call): Answer => {
    if (kind === 'token') return { status: 200, body: give(next('conversation')) };
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    const conversation = valid.get(token);
    if (conversation === undefined) return refusal(403, 'TokenExpired');
    if (kind === 'refresh') return { status: 200, body: give(conversation) };
    if (kind === 'start') {
      conversations.set(conversation, conversations.get(conversation) ?? []);
      return { status: 201, body: { ...give(conversation), streamUrl: 'wss://nowhere.example/stream' } };
    }
    const { pathname, searchParams } = new URL(path, 'http://stand-in');
    const activities = conversations.get(decodeURIComponent(pathname.split('/').at(-2) ?? ''));
    if (activities === undefined) return refusal(404, 'NotFound');
    if (kind === 'post') {
      const stored = lay(conversation, body as object);
      for (const said of standIn.agent(stored, conversation)) say(conversation, said, stored.id);
      return { status: 200, body: { id: stored.id } };
    }
    const from = Number(searchParams.get('watermark') ?? 0);
    return {
      status: 200,
      body: { activities: activities.slice(from), watermark: String(activities.length) },
    };
  };

  const server = await serveCalls(decodeJson, call => {
    const kind = kindOf(call);
    if (kind === undefined) return refusal(404, 'NotFound');
    kinds.push({ kind, call });
    const index = faults.findIndex(fault => fault.kind === kind);
    if (index < 0) return work(kind, call);
    const [fault] = faults.splice(index, 1);
    if (fault?.acts) work(kind, call);
    return fault?.how ?? 'drop';
  });
  const { origin, calls, waitFor, close } = server;
  const standIn: DirectLineStandIn = {
    origin,
    calls,
    waitFor,
    close,
    tokenUrl: `${origin}/powervirtualagents/botsbyschema/cr_agent/directline/token?api-version=2022-03-01-preview`,
    directLineUrl: `${origin}/v3/directline`,
    agent: ({ text }) => [`You said: ${text}`],
    expiresIn: 3600,
    conversations,
    tokens,
    posted: () => [...conversations.values()].flat().filter(({ from }) => from.id !== 'agent'),
    say,
    expire: () => valid.clear(),
    made: kind => kinds.filter(each => each.kind === kind).map(({ call }) => call),
    fail(kind, how, { times = 1, acts = false } = {}) {
      for (let time = 0; time < times; time += 1) faults.push({ kind, how, acts });
    },
  };
  return standIn;
}

function kindOf({ method, path }: Call): DirectLineCall | undefined {
  const [pathname = ''] = path.split('?', 1);
  if (method === 'GET' && pathname.endsWith('/directline/token')) return 'token';
  if (method === 'POST' && pathname === '/v3/directline/conversations') return 'start';
  if (method === 'POST' && pathname === '/v3/directline/tokens/refresh') return 'refresh';
  if (!/^\/v3\/directline\/conversations\/[^/]+\/activities$/.test(pathname)) return undefined;
  return method === 'POST' ? 'post' : 'read';
}

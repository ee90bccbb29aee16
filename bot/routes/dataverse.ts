import type { Request, Response, Server } from 'restify';
import { readJsonBody } from '../../middleware/channels/readJsonBody.ts';
import { sameSecret } from '../../middleware/channels/sameSecret.ts';
import type { UpdateOutcome, WorkItems } from '../../middleware/dynamics/workItems.ts';
import { readWorkItemUpdate } from '../../middleware/dynamics/workItemUpdate.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { DataverseConfig } from '../config/dynamics.ts';
import { readBody, respondError } from './respond.ts';

/** What came of one body: {@link UpdateOutcome}, or why it was none. */
interface Told {
  readonly outcome: UpdateOutcome['outcome'] | 'ignored' | 'unreadable' | 'trimmed';
  readonly because?: string;
}

/** How many bodies came to what, since the start. */
export type DataverseCounts = Partial<Record<Told['outcome'], number>>;

/** The largest body that is read, in bytes: Dataverse cuts what is larger (general knowledge, not verified). */
const bodyLimit = 256 * 1024;

/** By this header Dataverse says that it has cut the body: what was written is not in it. */
const trimmedHeader = 'x-ms-dynamics-msg-size-exceeded';

/** What was left aside although it may matter. */
const aside = new Set<Told['outcome']>(['unknown', 'unreadable', 'trimmed']);

/**
 * `POST /webhooks/dataverse`: what agents do in Dynamics 365. Answered 200 once it is durable, and for all that will not
 * be better when it comes again, with what came of it in the body: a step that is refused could undo the agent's own work,
 * where an administrator has made it a synchronous one. 503 where the store is away.
 */
export function addDataverseRoute(
  server: Server,
  parts: {
    config: Omit<DataverseConfig, 'keys'>;
    /** What a webhook is proved with now. */
    keys: () => readonly string[];
    workItems: Pick<WorkItems, 'receive'>;
    counts: DataverseCounts;
    log: Logger;
  },
): void {
  const { config, keys, workItems, counts, log } = parts;

  server.post('/webhooks/dataverse', async (request: Request, response: Response) => {
    try {
      if (!isProved(request, config, keys()))
        throw new BluetickError('unauthorized', 'The key of the webhook is missing or wrong');
      const body = readJsonBody(await readBody(request, bodyLimit));
      const isTrimmed = request.headers[trimmedHeader] !== undefined;
      const items: Told[] = [];
      for (const each of Array.isArray(body) ? body : [body]) items.push(await take(each, isTrimmed));
      response.json(200, { items });
    } catch (error) {
      respondError(response, error, log);
    }
  });

  async function take(body: unknown, isTrimmed: boolean): Promise<Told> {
    const told = isTrimmed ? trimmed : await read(body);
    counts[told.outcome] = (counts[told.outcome] ?? 0) + 1;
    const say = aside.has(told.outcome) ? 'warn' : 'debug';
    log[say]({ ...told }, 'Dynamics 365 told of a work item');
    return told;
  }

  async function read(body: unknown): Promise<Told> {
    const found = readWorkItemUpdate(body);
    if (found.what !== 'update') return { outcome: found.what, because: found.because };
    return workItems.receive(found.update);
  }
}

const trimmed: Told = {
  outcome: 'trimmed',
  because:
    'Dataverse has cut the body, and Bluetick does not read rows back: register fewer columns and smaller images',
};

/**
 * Whether a webhook holds a key, by any of the three kinds that Dataverse knows: HttpHeader, WebhookKey (`code`) and
 * HttpQueryString.
 *
 * 1. Where the header is there it counts, once at most; else the query parameters do, and one of them is there, once.
 * 2. Every key is tried, also after a match, each in constant time.
 */
export function isProved(
  request: Pick<Request, 'headers' | 'url'>,
  { header, parameter }: Pick<DataverseConfig, 'header' | 'parameter'>,
  keys: readonly string[],
): boolean {
  const query = new URLSearchParams(/\?(.*)$/s.exec(request.url ?? '')?.[1]?.slice(0, longestQuery));
  const names = new Set(['code', parameter]);
  const inQuery = [...names].flatMap(name => query.getAll(name));
  const sent = request.headers[header];
  const given = sent === undefined && inQuery.length === 1 ? inQuery[0] : sent;
  return typeof given === 'string' && keys.map(key => sameSecret(given, key)).includes(true);
}

/** Longer ones hold no key of ours. */
const longestQuery = 4096;

import assert from 'node:assert/strict';
import type { Role } from '../../bot/access/caller.ts';
import { EndedSessions } from '../../bot/access/endedSessions.ts';
import { Sessions } from '../../bot/access/sessions.ts';
import type { Clock, Store } from '../../middleware/ports.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';

/** A browser that has signed in: what it sends, as headers. */
export interface Browser {
  readonly cookie: string;
  readonly 'x-csrf-token': string;
}

/** Half an hour, the default. */
export const idleMs = 30 * 60_000;

/** Sessions as a host with this key makes them: a test can have one of any role. */
export function sessionsOf(
  apiKey: string,
  store: Pick<Store, 'readState' | 'writeState'>,
  clock: Clock = systemClock,
): Sessions {
  return new Sessions(() => [apiKey], { idleMs, ended: new EndedSessions(store, clock), clock });
}

/** Signs in with a role, without a door: only Entra ID gives others than the administrator's. */
export async function signedInAs(sessions: Sessions, role: Role, agent?: string): Promise<Browser> {
  const { session, text } = await sessions.begin({ role, ...(agent !== undefined && { agent }) });
  return { cookie: `bluetick-session=${text}`, 'x-csrf-token': session.csrf };
}

/** The cookies that an answer gives: name and value, without what browsers keep to themselves. */
export function cookiesOf(answer: Response): Map<string, string> {
  return new Map(
    answer.headers.getSetCookie().map(line => {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Signs in at a host with its key, as the console does. */
export async function signIn(host: string, key: string, name?: string): Promise<Browser> {
  const answer = await fetch(`${host}/api/v1/session`, {
    method: 'POST',
    body: JSON.stringify({ key, ...(name !== undefined && { name }) }),
  });
  assert.equal(answer.status, 201);
  const { csrf } = (await answer.json()) as { csrf: string };
  const [[cookieName, text] = []] = cookiesOf(answer);
  return { cookie: `${cookieName}=${text}`, 'x-csrf-token': csrf };
}

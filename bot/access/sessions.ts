import { randomBytes, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../middleware/ports.ts';
import { type Role, roles } from './caller.ts';
import { type ApiKeys, DerivedKeys } from './derivedKeys.ts';
import type { EndedSessions } from './endedSessions.ts';

/** Somebody who has signed in with a browser. */
export interface Session {
  /** A random id; it tells nothing. */
  readonly id: string;
  readonly role: Role;
  /** The name of who signed in; absent: they gave none. */
  readonly agent?: string;
  /** When they signed in, in Unix milliseconds. */
  readonly signedInAt: number;
  /** When they were last seen to act, in Unix milliseconds, give or take a minute. */
  readonly seenAt: number;
  /** When it ends unless they act again, in Unix milliseconds. */
  readonly expiresAt: number;
  /** What a page must send with whatever changes something: another site's page cannot know it. */
  readonly csrf: string;
}

/** A session, and the text that the cookie holds. */
export interface SignedSession {
  readonly session: Session;
  readonly text: string;
}

/** However busy: in the evening an agent signs in anew, and a stolen cookie is worth nothing the day after. */
export const longestSessionMs = 12 * 60 * 60_000;

/** A cookie younger than this is not made anew. */
const renewAfterMs = 60_000;

const issuer = 'bluetick';
const audience = 'bluetick/console';
const type = 'bluetick-session+jwt';
const claims = z.object({
  sid: z.string().min(1),
  role: z.enum(roles),
  agent: z.string().optional(),
  signedInAt: z.number(),
  seenAt: z.number(),
  csrf: z.string().min(1),
});

/**
 * Sessions of the console. All of a session is in its cookie, signed (HS256) with a key that is derived from the
 * administrator's: every instance takes it, and it ends with the administrator's key under which it began, however often it
 * was renewed. What is kept is only which ones were ended before their time.
 */
export class Sessions {
  readonly #keys: DerivedKeys;
  /** What each session of this process is signed with: it stays under that key. */
  readonly #keyOf = new WeakMap<Session, Uint8Array>();
  readonly #idleMs: number;
  readonly #ended: EndedSessions;
  readonly #clock: Clock;
  /** Until when this process has seen a session renewed: its streams, which began with an older cookie, go on until then. */
  readonly #renewed = new Map<string, number>();

  constructor(apiKeys: ApiKeys, parts: { idleMs: number; ended: EndedSessions; clock: Clock }) {
    this.#keys = new DerivedKeys(apiKeys, 'bluetick sessions 1');
    this.#idleMs = parts.idleMs;
    this.#ended = parts.ended;
    this.#clock = parts.clock;
  }

  /** How long a session lasts in which nobody acts, in milliseconds. */
  get idleMs(): number {
    return this.#idleMs;
  }

  /** Begins one. */
  begin(who: { readonly role: Role; readonly agent?: string }): Promise<SignedSession> {
    const now = this.#clock.now();
    return this.#sign({
      ...who,
      id: randomUUID(),
      signedInAt: now,
      seenAt: now,
      csrf: randomBytes(24).toString('base64url'),
    });
  }

  /**
   * The session that a cookie holds: signed by us, for this use, neither over nor ended.
   *
   * @returns `undefined` whatever is wrong with it; rejects where the store is away, so that nobody knows
   */
  async read(text: string): Promise<Session | undefined> {
    const session = await this.#verify(text);
    if (session === undefined || (await this.#ended.has(session.id))) return undefined;
    return session;
  }

  /** The same session as of now, if it is time for a new cookie: somebody acts in it. */
  async renew(session: Session): Promise<SignedSession | undefined> {
    const now = this.#clock.now();
    if (now - session.seenAt < renewAfterMs) return undefined;
    const renewed = await this.#sign({ ...session, seenAt: now }, this.#keyOf.get(session));
    for (const [id, end] of this.#renewed) if (end <= now) this.#renewed.delete(id);
    this.#renewed.set(session.id, renewed.session.expiresAt);
    return renewed;
  }

  /** When a session ends, as far as this process knows: it may have been renewed since. Unix milliseconds. */
  endOf(session: Session): number {
    return Math.max(session.expiresAt, this.#renewed.get(session.id) ?? 0);
  }

  /** Ends one for every instance, however long its cookie would have lasted. */
  async end({ id, signedInAt }: Session): Promise<void> {
    this.#renewed.delete(id);
    await this.#ended.add(id, signedInAt + longestSessionMs);
  }

  /** Whether one was ended before its time. */
  hasEnded({ id }: Session): Promise<boolean> {
    return this.#ended.has(id);
  }

  async #sign(
    { id: sid, ...session }: Omit<Session, 'expiresAt'>,
    signedWith?: Uint8Array,
  ): Promise<SignedSession> {
    const key = signedWith ?? (await this.#keys.current());
    const expiresAt = this.#expiryOf(session);
    const { role, agent, signedInAt, seenAt, csrf } = session;
    const text = await new SignJWT({
      sid,
      role,
      ...(agent !== undefined && { agent }),
      signedInAt,
      seenAt,
      csrf,
    })
      .setProtectedHeader({ alg: 'HS256', typ: type })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(Math.ceil(expiresAt / 1000))
      .sign(key);
    const signed = { ...session, id: sid, expiresAt };
    this.#keyOf.set(signed, key);
    return { session: signed, text };
  }

  async #verify(text: string): Promise<Session | undefined> {
    const now = this.#clock.now();
    try {
      const rules = {
        algorithms: ['HS256'],
        typ: type,
        issuer,
        audience,
        requiredClaims: ['exp'],
        currentDate: new Date(now),
      };
      const { payload, key } = await this.#keys.open(async key => ({
        ...(await jwtVerify(text, key, rules)),
        key,
      }));
      const { sid: id, agent, ...rest } = claims.parse(payload);
      const expiresAt = this.#expiryOf(rest);
      // By the settings of today: the idle time may be shorter than when the cookie was made.
      if (now >= expiresAt) return undefined;
      const session = { id, ...rest, ...(agent !== undefined && { agent }), expiresAt };
      this.#keyOf.set(session, key);
      return session;
    } catch {
      return undefined;
    }
  }

  #expiryOf({ signedInAt, seenAt }: Pick<Session, 'signedInAt' | 'seenAt'>): number {
    return Math.min(seenAt + this.#idleMs, signedInAt + longestSessionMs);
  }
}

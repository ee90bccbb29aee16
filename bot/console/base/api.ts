import { Attendance } from './attendance.ts';

/** What the host refused, in its own form: see `docs/api.md`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** The field that is wrong, where one is. */
  readonly field: string | undefined;

  constructor(status: number, { code, message, field }: { code: string; message: string; field?: string }) {
    super(message);
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

/** Who is signed in, as `GET /api/v1/session` says. */
export interface Session {
  readonly role: 'agent' | 'supervisor' | 'administrator';
  /** What colleagues and the audit know them by. */
  readonly agent?: string;
  /** Proves to the host that this page asks, and not another site in the same browser. */
  readonly csrf: string;
  /** When it ends at the latest. */
  readonly expiresAt: string;
}

/** How one can sign in, as `GET /api/v1/sign-in` says to everybody. */
export interface WaysIn {
  readonly ways: readonly ('key' | 'entra')[];
  /** Whether this browser is signed in. */
  readonly signedIn: boolean;
}

const roles = ['agent', 'supervisor', 'administrator'];

/** How a request differs from a plain GET. */
export interface Asking {
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON, a file as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The way to the host's API, with the session of this browser. Events: `signedOut`, when the host knows it no more. */
export class Api extends EventTarget {
  #session: Session | undefined;
  readonly #attendance = new Attendance(globalThis);

  /** Who is signed in; `undefined`: nobody. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Whether whoever is signed in has a role, or one above it. */
  may(role: Session['role']): boolean {
    return this.#session !== undefined && roles.indexOf(this.#session.role) >= roles.indexOf(role);
  }

  /** Looks whether the browser has a session already. */
  async resume(): Promise<Session | undefined> {
    const { signedIn } = await this.ask<WaysIn>('/api/v1/sign-in');
    this.#session = signedIn ? await this.ask<Session>('/api/v1/session') : undefined;
    return this.#session;
  }

  /**
   * Signs in with the administrator's key.
   *
   * @throws ApiError `unauthorized`, `rate_limited`
   */
  async signIn(key: string, name: string): Promise<Session> {
    const body = { key, ...(name !== '' && { name }) };
    this.#session = await this.ask<Session>('/api/v1/session', { method: 'POST', body });
    return this.#session;
  }

  /** Ends the session, here and at the host. */
  async signOut(): Promise<void> {
    await this.ask('/api/v1/session', { method: 'DELETE' });
    this.#end();
  }

  /** The host has told that the session is over. */
  ended(): void {
    if (this.#session !== undefined) this.#end();
  }

  /**
   * Asks the host.
   *
   * @param path from `/api/v1/` on
   * @throws ApiError what it refused; TypeError where it cannot be reached
   */
  async ask<Answer>(path: string, { method, body, headers, signal }: Asking = {}): Promise<Answer> {
    const isFile = body instanceof Blob;
    const response = await fetch(path, {
      method: method ?? 'GET',
      credentials: 'same-origin',
      headers: {
        ...(body !== undefined && !isFile && { 'content-type': 'application/json' }),
        ...(method !== undefined && this.#session && { 'x-csrf-token': this.#session.csrf }),
        // A session ends where nobody acts, whatever the page shows meanwhile.
        ...(!this.#attendance.isThere && { 'x-unattended': '1' }),
        ...headers,
      },
      ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const answer = response.status === 204 ? undefined : await response.json().catch(() => undefined);
    if (response.ok) return answer;
    if (response.status === 401) this.ended();
    const told = answer?.error ?? { code: 'unknown', message: response.statusText };
    throw new ApiError(response.status, told);
  }

  #end(): void {
    this.#session = undefined;
    this.dispatchEvent(new Event('signedOut'));
  }
}

/** The one of this page. */
export const api = new Api();

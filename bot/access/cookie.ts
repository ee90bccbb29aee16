import type { IncomingHttpHeaders } from 'node:http';

/** A cookie of ours. */
export interface Cookie {
  /**
   * The text that a request brings; `undefined` where there is none, or several, of which nobody knows which one is ours.
   */
  read(headers: IncomingHttpHeaders): string | undefined;
  /** The header `Set-Cookie` that gives it to a browser. */
  set(text: string, sameSite?: 'Strict' | 'Lax'): string;
  /** The header that takes it away again. */
  clear(): string;
}

/**
 * A cookie that scripts cannot read and other sites do not send. Where the world comes over https its name begins with
 * `__Host-`, which browsers take from this very host only, and over https: neither a neighbour's host nor somebody on the
 * way can set one.
 *
 * @param name its name, without the prefix
 * @param publicUrl `PUBLIC_URL`; without it people come over http
 */
export function cookie(name: string, publicUrl: string | undefined): Cookie {
  const isSecure = publicUrl?.startsWith('https:') ?? false;
  const fullName = isSecure ? `__Host-${name}` : name;
  const attributes = `Path=/; HttpOnly${isSecure ? '; Secure' : ''}`;
  return {
    read({ cookie: sent = '' }) {
      const found = sent
        .split(';')
        .map(pair => pair.trim())
        .filter(pair => pair.startsWith(`${fullName}=`))
        .map(pair => pair.slice(fullName.length + 1));
      return found.length === 1 && found[0] !== '' ? found[0] : undefined;
    },
    set: (text, sameSite = 'Strict') => `${fullName}=${text}; ${attributes}; SameSite=${sameSite}`,
    clear: () => `${fullName}=; ${attributes}; SameSite=Strict; Max-Age=0`,
  };
}

/** How long a browser keeps to https once it has seen it, in seconds: a year. */
const httpsForS = 365 * 24 * 60 * 60;

/** What is told to who asks for it now, and kept by nobody on the way. */
const isPrivate = /^\/(api\/|sign-in\/|mcp\b|metrics\b)/;

/**
 * The headers that every answer of the host begins with; a route may say otherwise.
 *
 * @param path of the request; what the API says is kept nowhere
 * @param publicUrl `PUBLIC_URL`; where it is https, browsers are told to stay with that
 */
export function hostHeaders(path: string, publicUrl: string | undefined): Readonly<Record<string, string>> {
  return {
    // A text that a customer sent is never a page or a script, whatever it looks like.
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(isPrivate.test(path) && { 'Cache-Control': 'no-store' }),
    ...(publicUrl?.startsWith('https:') && { 'Strict-Transport-Security': `max-age=${httpsForS}` }),
  };
}

import { mapFailures, serverFailures } from '../failureMap.ts';

/** How Wawp refuses calls (WAWP, errors), and what it says of a message that failed. */
export const wawpFailures = mapFailures('Wawp', 'WAWP', [
  { code: 'subscription_required', says: 'the feature is a paid one (403)', is: 'permission_missing' },
  { code: 'invalid_session', says: 'no such instance (404)', is: 'unknown_target' },
  // Whether what lies behind the gateway has carried out the call, nobody knows.
  {
    code: 'wawp_upstream_error',
    says: 'the engine behind the gateway failed: retry with back-off',
    is: 'provider_unavailable',
    but: { providerWide: true, ambiguous: true },
  },
  { code: 'http_400', says: 'the request is malformed', is: 'message_refused' },
  { code: 'http_401', says: 'the access token is missing', is: 'credentials_refused' },
  { code: 'http_403', says: 'forbidden', is: 'permission_missing' },
  { code: 'http_404', says: 'not found', is: 'unknown_target' },
  { code: 'http_429', says: 'too many requests', is: 'rate_limited' },
  // That a 500 means that the call was not carried out is our assumption.
  ...serverFailures,
  { code: 'ERROR', says: 'an error occurred (ack -1)', is: 'not_delivered' },
]);

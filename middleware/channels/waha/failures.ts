import { mapFailures, serverFailures } from '../failureMap.ts';

/**
 * How WAHA refuses calls, and what it says of a message that failed. It documents the answer to a wrong key; for the rest
 * the HTTP status decides.
 */
export const wahaFailures = mapFailures('WAHA', 'WAHA-DOCS', [
  { code: 'http_400', says: 'the request is malformed', is: 'message_refused' },
  { code: 'http_401', says: 'Unauthorized', is: 'credentials_refused' },
  { code: 'http_404', says: 'no such session or chat', is: 'unknown_target' },
  { code: 'http_429', says: 'too many requests', is: 'rate_limited' },
  // That a 500 means that the call was not carried out is our assumption.
  ...serverFailures,
  { code: 'ERROR', says: 'an error occurred (ack -1)', is: 'not_delivered' },
]);

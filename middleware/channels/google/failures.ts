import { type DocumentedFailure, mapFailures, serverFailures } from '../failureMap.ts';

/**
 * What Google's pages leave to the meaning that HTTP statuses have anywhere: which of them may be repeated is nowhere said.
 * A gateway that had no answer cannot know whether the call was carried out.
 */
const usual: readonly DocumentedFailure[] = [
  { code: 'http_400', says: 'malformed, or more than the device can show', is: 'message_refused' },
  { code: 'http_401', says: 'the token is not taken', is: 'credentials_refused' },
  { code: 'http_408', says: 'the request took too long', is: 'provider_unavailable' },
  { code: 'http_429', says: 'too many calls', is: 'rate_limited' },
  ...serverFailures,
];

/** How RCS for Business refuses calls, and what it says of messages that do not arrive (RBM). */
export const rbmFailures = mapFailures('RCS for Business', 'RBM', [
  { code: 'http_403', says: 'the service account may not act for the agent', is: 'permission_missing' },
  { code: 'http_404', says: 'the number is not reachable by RCS', is: 'recipient_unreachable' },
  ...usual,
  {
    code: 'TTL_EXPIRATION_REVOKED',
    says: 'the message expired before it was delivered, and was taken back',
    is: 'not_delivered',
  },
]);

/** How Business Messages refused calls (GBM): of a conversation that is not the agent's, a 403 says so. */
export const businessMessagesFailures = mapFailures('Business Messages', 'GBM', [
  { code: 'http_403', says: 'no such conversation, or not this agent’s', is: 'unknown_target' },
  { code: 'http_404', says: 'no such conversation or message', is: 'unknown_target' },
  { code: 'http_409', says: 'the id was used before', is: 'message_refused' },
  ...usual,
]);

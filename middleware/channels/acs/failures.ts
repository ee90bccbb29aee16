import { mapFailures, serverFailures } from '../failureMap.ts';

/**
 * How ACS refuses calls. Azure enumerates no codes for Advanced Messaging, so the HTTP status decides. What a status says
 * of a message is in Meta's codes, which ACS passes on as they are.
 */
export const acsFailures = mapFailures('ACS', 'SPEC, ACS-LIMITS', [
  { code: 'http_400', says: 'the request is malformed', is: 'message_refused' },
  { code: 'http_401', says: 'unauthorized', is: 'credentials_refused' },
  // What an identity is answered whose role on the resource is missing.
  { code: 'http_403', says: 'forbidden', is: 'permission_missing' },
  { code: 'http_404', says: 'no such channel, message or file', is: 'unknown_target' },
  { code: 'http_408', says: 'the request took too long', is: 'provider_unavailable' },
  { code: 'http_429', says: 'a service limit is hit', is: 'rate_limited' },
  // That an error, a 500 too, means that the call was not carried out is our assumption: Azure does not say so. Where it
  // is wrong, the Repeatability headers of the next try make up for it.
  ...serverFailures,
  // Whether a call is refused for it at all, or a status alone tells of it, is not documented. Where Meta's code stands
  // among the documented members of an error, it means what it means in a status.
  {
    code: '131047',
    says: 'Meta’s code: more than 24 hours have passed since the recipient’s last reply',
    is: 'window_closed',
  },
]);

import { mapFailures, serverFailures } from '../failureMap.ts';

/**
 * Meta's error codes, as its page lists them (META-ERR, 2026-09-11). They come in the answer to a call, in a status, or in
 * both. The page names no HTTP statuses: those count only where an answer has no code that it knows.
 */
export const metaFailures = mapFailures('Meta', 'META-ERR', [
  { code: '0', says: 'unable to authenticate the app user', is: 'credentials_refused' },
  // Worth one more try, no more.
  {
    code: '1',
    says: 'invalid request or possible server error',
    is: 'provider_unavailable',
    but: { retries: 1 },
  },
  {
    code: '2',
    says: 'temporary: downtime or overloaded',
    is: 'provider_unavailable',
    but: { providerWide: true },
  },
  { code: '3', says: 'capability or permissions issue', is: 'permission_missing' },
  { code: '4', says: 'the app reached its rate limit of calls', is: 'rate_limited' },
  { code: '10', says: 'permission not granted or removed', is: 'permission_missing' },
  { code: '33', says: 'the business phone number was deleted', is: 'account_restricted' },
  { code: '100', says: 'unsupported or misspelled parameter', is: 'message_refused' },
  { code: '190', says: 'the access token expired', is: 'credentials_refused' },
  { code: '200', says: 'no access token provided', is: 'credentials_refused' },
  { code: '200-299', says: 'permission not granted or removed', is: 'permission_missing' },
  { code: '368', says: 'account restricted or disabled for a policy violation', is: 'account_restricted' },
  { code: '80007', says: 'the account reached its rate limit', is: 'rate_limited' },
  { code: '130403', says: 'the business has blocked the user', is: 'recipient_blocked' },
  {
    code: '130429',
    says: 'the throughput of Cloud API is reached',
    is: 'rate_limited',
    but: { providerWide: true },
  },
  { code: '130472', says: 'not sent: the user is part of an experiment', is: 'not_delivered' },
  {
    code: '130497',
    says: 'restricted from messaging users in certain countries',
    is: 'account_restricted',
  },
  {
    code: '131000',
    says: 'unknown error: try again',
    is: 'provider_unavailable',
    but: { providerWide: true },
  },
  { code: '131005', says: 'permission', is: 'account_restricted' },
  { code: '131008', says: 'a required parameter is missing', is: 'message_refused' },
  { code: '131009', says: 'the value of a parameter is invalid', is: 'message_refused' },
  {
    code: '131016',
    says: 'a service is temporarily unavailable',
    is: 'provider_unavailable',
    but: { providerWide: true },
  },
  { code: '131021', says: 'the sender is the recipient', is: 'message_refused' },
  {
    code: '131026',
    says: 'undeliverable: not on WhatsApp, terms not accepted, or an old client',
    is: 'recipient_unreachable',
  },
  { code: '131031', says: 'the account is locked', is: 'account_restricted' },
  { code: '131037', says: '555 number without an approved display name', is: 'account_restricted' },
  { code: '131042', says: 'a problem with the payment method', is: 'account_restricted' },
  { code: '131045', says: 'the phone number’s registration failed', is: 'account_restricted' },
  {
    code: '131047',
    says: 'more than 24 hours have passed since the recipient’s last reply',
    is: 'window_closed',
  },
  // Meta: not to be tried again by itself.
  { code: '131048', says: 'the spam rate limit of the phone number', is: 'account_restricted' },
  { code: '131049', says: 'healthy ecosystem engagement: wait 24 hours or more', is: 'not_delivered' },
  { code: '131050', says: 'the recipient opted out of marketing', is: 'recipient_declined' },
  { code: '131051', says: 'unsupported type of message', is: 'message_refused' },
  { code: '131052', says: 'the user’s media could not be downloaded', is: 'media_refused' },
  { code: '131053', says: 'the media could not be uploaded', is: 'media_refused' },
  // Meta asks for 4^n seconds between tries, which is how what has this name waits (META-RATE).
  { code: '131056', says: 'too many messages to the same recipient', is: 'recipient_rate_limited' },
  {
    code: '131057',
    says: 'maintenance mode: the throughput is being raised',
    is: 'provider_unavailable',
    but: { providerWide: true },
  },
  { code: '131063', says: 'marketing templates are disabled on Cloud API', is: 'account_restricted' },
  {
    code: '131064',
    says: 'messaging limit due to violations of template classification',
    is: 'account_restricted',
  },
  ...['132000', '132001', '132005', '132007', '132012', '132015', '132016', '132068', '132069'].map(
    code => ({ code, says: 'a problem of the template or flow', is: 'template_refused' }) as const,
  ),
  ...['133000', '133005', '133006', '133008', '133009'].map(
    code => ({ code, says: 'registration or two-step PIN', is: 'account_restricted' }) as const,
  ),
  { code: '133004', says: 'the server is temporarily unavailable', is: 'provider_unavailable' },
  { code: '133010', says: 'the phone number is not registered', is: 'account_restricted' },
  { code: '133015', says: 'registration: wait 5 minutes', is: 'account_restricted' },
  { code: '133016', says: 'attempts at (de)registration exceeded', is: 'account_restricted' },
  { code: '134011', says: 'payments', is: 'account_restricted' },
  { code: '135000', says: 'generic', is: 'message_refused' },
  { code: 'http_401', says: 'unauthorized', is: 'credentials_refused' },
  { code: 'http_429', says: 'too many requests', is: 'rate_limited' },
  ...serverFailures,
]);

import { mapFailures, serverFailures } from '../failureMap.ts';

/** Codes of which our facts hold that they exist, and not Twilio's page about them. */
const unverified = true;

/**
 * Twilio's error codes for WhatsApp: in the answer to a call, in a status, or in both. Of those that begin with 2 our facts
 * hold no more than that 20429 comes with HTTP 429 and that the others refuse a call; a wrong number is among them, and told
 * from a wrong form by people only.
 */
export const twilioFailures = mapFailures('Twilio', 'TW 63016, TW-STATUS, TW-OAI', [
  { code: '20429', says: 'too many requests', is: 'rate_limited', unverified },
  ...['21211', '21610', '21656'].map(
    code => ({ code, says: 'the request is refused at once', is: 'message_refused', unverified }) as const,
  ),
  {
    code: '63003',
    says: 'could not find the address of the recipient',
    is: 'recipient_unreachable',
    unverified,
  },
  { code: '63005', says: 'the channel did not accept the content', is: 'message_refused', unverified },
  {
    code: '63012',
    says: 'an internal error of the channel’s provider',
    is: 'provider_unavailable',
    unverified,
    but: { providerWide: true },
  },
  { code: '63013', says: 'a violation of the channel’s policy', is: 'message_refused' },
  { code: '63016', says: 'outside the messaging window: use a template instead', is: 'window_closed' },
  { code: '63018', says: 'a rate limit of the channel, sender or pair is exceeded', is: 'rate_limited' },
  { code: '63020', says: 'a problem of the business account', is: 'account_restricted', unverified },
  { code: '63021', says: 'a problem of the content', is: 'message_refused', unverified },
  { code: '63024', says: 'an invalid recipient', is: 'recipient_unreachable' },
  { code: '63032', says: 'not sent: the user is part of an experiment of Meta’s', is: 'not_delivered' },
  { code: 'http_400', says: 'the request is malformed', is: 'message_refused' },
  { code: 'http_401', says: 'unauthorized', is: 'credentials_refused' },
  { code: 'http_403', says: 'forbidden', is: 'permission_missing' },
  { code: 'http_404', says: 'no such account, message or file', is: 'unknown_target' },
  { code: 'http_408', says: 'the request took too long', is: 'provider_unavailable' },
  { code: 'http_429', says: 'too many requests', is: 'rate_limited' },
  ...serverFailures,
]);

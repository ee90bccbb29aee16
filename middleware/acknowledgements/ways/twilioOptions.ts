import type { TwilioAccount } from '../../channels/twilio/api.ts';

/** What messages and calls over Twilio need. */
export interface TwilioOptions extends TwilioAccount {
  /** The number that it comes from, in the form of E.164; for text messages also a Messaging Service, `MG…`. */
  readonly from: string;
}

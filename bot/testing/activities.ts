import type { PhoneMessage } from '../simulator/phone.ts';
import { sampleBusiness, sampleCustomer } from './testBed.ts';

/** Whose message an activity brings, and by whom. */
export interface ActivityOptions {
  /** The customer's number. Default {@link sampleCustomer}. */
  readonly customer?: string;
  /** Default {@link sampleBusiness}. */
  readonly business?: string;
  /** Where the bot's answers go. Default an address at which nobody listens. */
  readonly serviceUrl?: string;
}

/**
 * A message of a phone as the activity that our adapter would have made of it, for a bot behind an adapter of somebody else's:
 * post it to `/api/messages`, or give it to botbuilder's `TestAdapter`.
 */
export function activityOf(
  { id, text = '' }: Pick<PhoneMessage, 'id' | 'text'>,
  {
    customer = sampleCustomer,
    business = sampleBusiness,
    serviceUrl = 'http://127.0.0.1:9',
  }: ActivityOptions = {},
) {
  return {
    type: 'message',
    id,
    text,
    channelId: 'whatsapp',
    serviceUrl,
    conversation: { id: `simulator-${customer}` },
    from: { id: customer, name: 'Ann' },
    recipient: { id: business, name: 'Bot' },
    channelData: { channel: 'simulator', business },
  };
}

import { startWayProvider, type WayProvider } from '../contract/wayProvider.ts';

/** One call as the provider of text messages saw it. */
export interface TextCall {
  readonly message: string;
  readonly to: string;
  readonly repeatabilityRequestId: string;
  readonly repeatabilityFirstSent: string;
}

/** A provider of text messages, as ACS is one, that takes whatever it is given. */
export interface TextProvider extends Pick<WayProvider, 'close'> {
  /** Every call, oldest first. */
  readonly calls: readonly TextCall[];
  /** What senders are configured with. */
  readonly connectionString: string;
}

/**
 * Starts one on a free port.
 *
 * @param onCall called with the number of calls that there have been, before the last of them is answered
 */
export async function startTextProvider(onCall: (count: number) => void = () => {}): Promise<TextProvider> {
  const calls: TextCall[] = [];
  const provider = await startWayProvider(({ body }) => {
    const { message, smsRecipients } = JSON.parse(body.toString('utf8'));
    calls.push({ message, ...smsRecipients[0] });
    onCall(calls.length);
    const { to } = smsRecipients[0];
    const taken = { to, messageId: `sms-${calls.length}`, httpStatusCode: 202, successful: true };
    return { status: 202, body: { value: [{ ...taken, repeatabilityResult: 'accepted' }] } };
  });
  // A key of the form that Azure gives: the provider here does not check it.
  const key = Buffer.from('a key of a test').toString('base64');
  return {
    calls,
    connectionString: `endpoint=${provider.origin}/;accesskey=${key}`,
    close: () => provider.close(),
  };
}

/** Under how many keys calls were made: a repeat that the provider knows for one has the key of the first. */
export function keysOf(calls: readonly TextCall[]): number {
  return new Set(calls.map(call => `${call.repeatabilityRequestId} ${call.repeatabilityFirstSent}`)).size;
}

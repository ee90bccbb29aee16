/** Statuses that hold what is kept secret: numbers, ids, and a customer's own words as the reason of a failure. */
import type { AttackedChannel } from './attackedChannel.ts';
import type { Attack } from './attackedHost.ts';

/** Whose message a status is about, and what it repeats. */
interface Recipient {
  readonly number: string;
  readonly text: string;
}

/**
 * Of a message that nobody knows, of another business, of no message, with a word that is the customer's, and forged.
 *
 * @param id the id of the message
 */
export function* statusAttacks(
  { business, statuses, proved, unproved }: AttackedChannel,
  { number, text }: Recipient,
  id: string,
  secret: string,
): Generator<Attack> {
  const failed = { id, status: 'failed', detail: `${number} ${text}`, to: number } as const;
  yield proved(statuses(failed, { ...failed, status: 'read' }), secret);
  yield proved(statuses({ ...failed, business: business.replace(/^./, '9') }), secret);
  yield proved(statuses({ ...failed, id: '' }), secret);
  yield proved(statuses(failed).replace(/failed/gi, JSON.stringify(text).slice(1, -1)), secret);
  yield* Object.values(unproved(statuses(failed), secret));
}

/**
 * What may be told of the replies that an echoing provider took: read, and failed for a reason in the customer's own words.
 *
 * @param bodies of the calls that it took
 */
export function statusesOfReplies(
  channels: readonly AttackedChannel[],
  bodies: readonly string[],
  recipients: readonly Recipient[],
): { readonly id: string; readonly channel: AttackedChannel; readonly body: string }[] {
  return bodies.flatMap(body => {
    const { text, content, to } = body.startsWith('{') ? JSON.parse(body) : {};
    if (text?.body === undefined && content === undefined) return [];
    const channel = channels.find(({ name }) => (name === 'acs') === (content !== undefined));
    const number = String([to].flat()[0]).replace('+', '');
    const recipient = recipients.find(one => one.number === number);
    if (channel === undefined || recipient === undefined) return [];
    // As the provider makes its ids.
    const id = `wamid.${Buffer.from(body).toString('base64')}`;
    const failed = { id, status: 'failed', to: number, detail: recipient.text } as const;
    return [{ id, channel, body: channel.statuses(failed, { id, status: 'read', to: number }) }];
  });
}

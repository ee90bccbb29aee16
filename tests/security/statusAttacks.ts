/** Statuses that hold what is kept secret: numbers, ids, and a customer's own words as the reason of a failure. */
import { type AttackedChannel, bodiesOf, type ProviderCall, toldBy } from './attackedChannel.ts';
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
  channel: AttackedChannel,
  { number, text }: Recipient,
  id: string,
  secret: string,
): Generator<Attack> {
  const { business, statuses, proved, unproved } = channel;
  const failed = { id, status: 'failed', detail: `${number} ${text}`, to: number } as const;
  for (const body of bodiesOf(channel, statuses, [failed, { ...failed, status: 'read' }]))
    yield proved(body, secret);
  yield proved(statuses({ ...failed, business: business.replace(/^./, '9') }), secret);
  yield proved(statuses({ ...failed, id: '' }), secret);
  yield proved(statuses({ ...failed, word: text }), secret);
  const [forged] = Object.values(unproved(statuses(failed), secret));
  if (forged !== undefined) yield forged;
}

/** A status of a reply. */
interface ReplyStatus {
  /** The id of the reply. */
  readonly id: string;
  readonly channel: AttackedChannel;
  /** Webhooks' bodies. */
  readonly bodies: readonly string[];
  /** How many statuses are in them. */
  readonly count: number;
}

/**
 * What may be told of the replies that an echoing provider took: read, and failed for a reason in the customer's own words.
 *
 * @param calls that it took
 */
export function statusesOfReplies(
  channels: readonly AttackedChannel[],
  calls: readonly ProviderCall[],
  recipients: readonly Recipient[],
): readonly ReplyStatus[] {
  return channels.flatMap(channel =>
    calls.flatMap(call => {
      const { id, to } = channel.sentText?.(call) ?? {};
      const recipient = recipients.find(({ number }) => number === to);
      if (id === undefined || recipient === undefined) return [];
      const told = (['failed', 'read'] as const)
        .filter(status => toldBy(channel).includes(status))
        .map(status => ({ id, status, to: recipient.number, detail: recipient.text }));
      return [{ id, channel, bodies: bodiesOf(channel, channel.statuses, told), count: told.length }];
    }),
  );
}

import type { InboundMessage } from '../domain.ts';
import type { Admitted, Channel } from '../ports.ts';
import { attribute } from '../telemetry/attributes.ts';
import type { EngineParts } from './engineParts.ts';

/**
 * Counts and traces what was just admitted, message by message: each begins a story of its own, whatever else came in the same
 * webhook.
 *
 * @param of.webhook what the log calls the one that they came in
 * @param of.from when the writing began, in Unix milliseconds
 */
export function measureAdmission(
  { telemetry, log }: Pick<EngineParts, 'telemetry' | 'log'>,
  of: {
    readonly channel: Channel;
    readonly webhook?: string | undefined;
    readonly from: number;
    readonly messages: readonly InboundMessage[];
    readonly admitted: readonly Admitted[];
  },
): void {
  const { channel, webhook, from, messages, admitted } = of;
  const { meters, tracing } = telemetry;
  for (const [place, { status, ref, conversation, receipt }] of admitted.entries()) {
    meters.add('received', [channel.name, 'admit', status]);
    // What is decided at once, as that the message owes none, ends here.
    if (receipt !== undefined) telemetry.receipts(channel.name, [{ ref, ...receipt }], [ref]);
    const kind = messages[place]?.kind;
    const subject = { channel: channel.name, conversation: conversation.id, message: ref };
    if (tracing.isOn) {
      const attributes = { [attribute.outcome]: status, ...(kind && { [attribute.kind]: kind }) };
      tracing.begin('admit', subject, { from, attributes })?.end();
    }
    log.debug({ ...subject, webhook, kind, status }, 'Message admitted');
  }
}

import type { Conversation } from '../domain.ts';
import type { Receipt } from '../ports.ts';
import { attribute } from '../telemetry/attributes.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Makes the call that marks messages read, as part of the story of the message that it names; the others are linked. */
export function traceReceipt(
  { tracing }: Telemetry,
  of: {
    readonly conversation: Conversation;
    readonly target: Receipt;
    readonly covers: readonly Receipt[];
    readonly typing: boolean;
  },
  call: () => Promise<void>,
): Promise<void> {
  if (!tracing.isOn) return call();
  const { conversation, target, covers, typing } = of;
  const subject = { channel: conversation.channel, conversation: conversation.id, message: target.ref };
  const attributes = {
    [attribute.attempt]: target.attempts + 1,
    [attribute.batch]: 1 + covers.length,
    [attribute.typing]: typing,
  };
  return tracing.during('markRead', subject, { attributes, others: covers.map(({ ref }) => ref) }, call);
}

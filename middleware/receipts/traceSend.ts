import type { Outbound } from '../ports.ts';
import { attribute } from '../telemetry/attributes.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { subjectOfOutbound } from './subjectOf.ts';

/** Makes the call with a message to the customer, as part of the story of the message that it answers. */
export function traceSend<T>({ tracing }: Telemetry, outbound: Outbound, call: () => Promise<T>): Promise<T> {
  if (!tracing.isOn) return call();
  const attributes = { [attribute.outbound]: outbound.ref, [attribute.attempt]: outbound.attempts + 1 };
  return tracing.during('send', subjectOfOutbound(outbound), { attributes }, call);
}

import type { ByAgent } from '../audit.ts';
import { BluetickError } from '../errors.ts';
import type { OutboundRequest } from '../outboundRecords.ts';

/**
 * Whoever has a name speaks for themselves: only who has none, as a program with the key, may say who it was.
 *
 * @param reported the agent who is named
 * @throws BluetickError `forbidden`
 */
export function checkName({ agent }: ByAgent, reported: string | undefined): void {
  if (agent !== undefined && reported !== undefined && reported !== agent)
    throw new BluetickError('forbidden', 'agent: got another one than who asks, allowed: none, or that');
}

/** As whom somebody sends. A program has no name, whether it comes with the key or with a token of Entra ID. */
export function senderOf({ agent, via }: ByAgent): NonNullable<OutboundRequest['sender']> {
  const by = agent === undefined && via !== 'session' ? 'api' : 'agent';
  return { by, ...(agent !== undefined && { agent }), ...(via !== undefined && { via }) };
}

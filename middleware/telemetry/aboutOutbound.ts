import type { Outbound, Store } from '../ports.ts';

/** What a line of the log says of a message to the customer: of a reply also what it answers, whose trace is the line's. */
export function aboutOutbound({ conversation, ref, turn }: Outbound): object {
  return {
    conversation: conversation.id,
    message: ref,
    ...(turn !== undefined && { answers: turn.ref }),
  };
}

/**
 * The same where its ids alone are at hand: the store is asked what it answers. Where that cannot be known the line has no trace,
 * as its own would be another's. It never rejects.
 */
export async function findAboutOutbound(
  store: Pick<Store, 'outbound'>,
  { conversation, message }: { readonly conversation: string; readonly message: string },
): Promise<object> {
  const outbound = await store.outbound(message).catch(() => undefined);
  return outbound === undefined ? { conversation, message, trace: undefined } : aboutOutbound(outbound);
}

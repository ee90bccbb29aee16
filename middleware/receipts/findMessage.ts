import type { ChannelName } from '../domain.ts';
import type { Channel, MessageView, Store } from '../ports.ts';

/** The customer's message that has a provider's id on a channel; `undefined`: none has been seen, or the channel is off. */
export async function findMessage(
  {
    store,
    channels,
  }: {
    readonly store: Pick<Store, 'message'>;
    readonly channels: ReadonlyMap<ChannelName, Pick<Channel, 'businesses'>>;
  },
  { channel, messageId: key }: { readonly channel: ChannelName; readonly messageId: string },
): Promise<MessageView | undefined> {
  for (const business of channels.get(channel)?.businesses ?? []) {
    const found = await store.message({ channel, business, key });
    if (found !== undefined) return found;
  }
  return undefined;
}

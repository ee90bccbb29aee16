import type { Response, Server } from 'restify';
import { BluetickError, ProviderError } from '../../middleware/errors.ts';
import type { Channel, Store } from '../../middleware/ports.ts';
import { fileTypeOf } from '../files/fileTypes.ts';
import type { ApiRoute } from './api.ts';
import { idForm } from './page.ts';
import { sendFile } from './sendFile.ts';

const messageRef = idForm('m');

/**
 * `GET /api/v1/media/{ref}`: the file of a customer's message, by our id of that. It is fetched from the provider while it
 * is passed on; nothing of it is kept.
 */
export function addMediaRoute(
  server: Server,
  parts: { store: Pick<Store, 'threadItem'>; channels: readonly Channel[]; route: ApiRoute },
): void {
  const { store, channels, route } = parts;

  server.get(
    '/api/v1/media/:ref',
    route(({ params }, _caller, response) => pass(String(params.ref), response), { role: 'agent' }),
  );

  async function pass(ref: string, response: Response): Promise<void> {
    const item = messageRef.test(ref) ? await store.threadItem(ref) : undefined;
    const media = item?.side === 'customer' ? item.content?.media : undefined;
    if (item?.side !== 'customer' || media?.id === undefined)
      throw new BluetickError('unknown_item', 'There is no such message with a file');
    const { channel: name, business } = item.conversation;
    const channel = channels.find(each => each.name === name);
    if (channel === undefined) throw new BluetickError('conflict', 'The channel of the conversation is off');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const { body, contentType, size } = await channel.downloadMedia(business, media.id, gone.signal);
      const ending = fileTypeOf(contentType)?.ending ?? 'bin';
      const fileName = media.fileName ?? `${ref}.${ending}`;
      await sendFile(response, { contentType, size, fileName }, body);
    } catch (error) {
      throw isGone(error)
        ? new BluetickError('unknown_item', 'The provider does not have the file any more', { cause: error })
        : error;
    } finally {
      gone.abort();
    }
  }
}

/**
 * Providers keep files for days or weeks. What they answer then differs (Meta: that there is no such object), but all say
 * that asking again is of no use.
 */
function isGone(error: unknown): boolean {
  return error instanceof ProviderError && error.fault === 'permanent';
}

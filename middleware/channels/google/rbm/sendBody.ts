import type { Media, OutboundContent } from '../../../domain.ts';
import { contentBody } from '../contentBody.ts';
import { richCard } from '../richCard.ts';

/**
 * The body of a call that sends one message (`phones.agentMessages.create`).
 *
 * @throws ProviderError as {@link contentBody}
 */
export function sendBody(content: OutboundContent): object {
  return { contentMessage: contentBody(content, fileBody) };
}

/** A file has no caption: with one it becomes a card. */
function fileBody({ caption }: Media, fileUrl: string): object {
  return caption === undefined ? { contentInfo: { fileUrl } } : richCard(fileUrl, caption);
}

import { z } from 'zod';
import type { MediaDownload } from '../../ports.ts';
import { unreadableFault } from '../transportFault.ts';
import type { CallGraph } from './calls.ts';
import type { MediaClient } from './mediaClient.ts';

/** What Meta answers about a file (Media API page). The size is a string there, a number on older pages. */
const description = z.looseObject({
  url: z.url(),
  mime_type: z.string().min(1),
  file_size: z
    .union([z.int(), z.string().regex(/^\d{1,15}$/)])
    .transform(Number)
    .optional()
    .catch(undefined),
});

/** Which file, and until when it is wanted. */
export interface WantedMedia {
  readonly business: string;
  readonly mediaId: string;
  readonly signal: AbortSignal;
}

/**
 * Fetches a file that a customer sent, in two steps (Media API and Media Download API pages): its address, which
 * is good for five minutes, then its bytes, with the token. The address is asked for in the name of the business
 * number, so that Meta refuses files of others.
 *
 * @throws ProviderError, also while the bytes are read
 */
export async function downloadMedia(
  { business, mediaId, signal }: WantedMedia,
  { callGraph, mediaClient }: { readonly callGraph: CallGraph; readonly mediaClient: MediaClient },
): Promise<MediaDownload> {
  const query = new URLSearchParams({ phone_number_id: business });
  const path = `/${encodeURIComponent(mediaId)}?${query}`;
  const answer = description.safeParse(await callGraph({ method: 'GET', path }, signal));
  if (!answer.success) throw unreadableFault('Meta');
  const { url, mime_type, file_size } = answer.data;
  const body = await mediaClient.open(new URL(url), signal);
  return { contentType: mime_type, ...(file_size === undefined ? {} : { size: file_size }), body };
}

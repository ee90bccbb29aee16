import type { Media, OutboundContent } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';
import { interactiveBody } from './interactiveBody.ts';

/**
 * What a message holds. The formats differ in how a file is sent. A quote cannot be sent; the text goes out without it.
 *
 * @param fileBody writes a file, which lies at an address
 * @throws ProviderError `permanent` for a template, and for a file without an address
 */
export function contentBody(
  content: OutboundContent,
  fileBody: (media: Media, fileUrl: string) => object,
): object {
  switch (content.type) {
    case 'text':
      return { text: content.text };
    case 'media':
      return fileBody(content.media, addressOf(content.media));
    case 'interactive':
      return interactiveBody(content.interactive);
    case 'template':
      // With no window there is nothing that they are needed for.
      throw new ProviderError('Google has no templates: any message may be sent at any time', {
        fault: 'permanent',
        providerCode: 'no_templates',
        is: 'template_refused',
      });
  }
}

/** The address that Google fetches a file from. It knows no ids of other providers' files. */
function addressOf({ url }: Media): string {
  if (url !== undefined) return url;
  throw new ProviderError('A file needs an address to be sent', {
    fault: 'permanent',
    providerCode: 'no_media',
    is: 'media_refused',
  });
}

import type { Media } from '../domain.ts';

/**
 * What kind of file a content type is of, for providers that do not say. Whatever is no picture, sound or film is a
 * document.
 */
export function mediaTypeOf(contentType = ''): Exclude<Media['type'], 'sticker'> {
  const [family = ''] = contentType.toLowerCase().split('/', 1);
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

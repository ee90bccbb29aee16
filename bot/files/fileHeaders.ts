import { bareType, fileTypeOf } from './fileTypes.ts';

/** What is known of a file that is handed out. */
export interface FileHead {
  /** What whoever sent it calls it: it is believed only where a browser runs nothing of that kind. */
  readonly contentType: string;
  /** Bytes, where they are known before. */
  readonly size?: number | undefined;
  /** The name to keep it under. */
  readonly fileName: string;
}

/**
 * The headers with which a file of somebody else's is answered from our own origin. It may be anything: a browser neither
 * guesses what it is, nor runs it, nor lets it ask for anything. Pictures, sound and films are shown; the rest is kept, PDF with it, which
 * browsers do not show where nothing may run.
 */
export function fileHeaders({ contentType, size, fileName }: FileHead): Record<string, string> {
  const known = fileTypeOf(contentType);
  const shown = known !== undefined && known.type !== 'document';
  return {
    'Content-Type': contentTypeOf(known && bareType(contentType)),
    ...(size !== undefined && { 'Content-Length': String(size) }),
    'Content-Disposition': `${shown ? 'inline' : 'attachment'}; ${nameParts(fileName)}`,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'private, max-age=3600',
    'Referrer-Policy': 'no-referrer',
  };
}

function contentTypeOf(known: string | undefined): string {
  if (known === undefined) return 'application/octet-stream';
  // Of an older browser that would guess the letters' encoding, and find what is none in it.
  return known === 'text/plain' ? 'text/plain; charset=utf-8' : known;
}

/** The name twice: in ASCII for old clients, and as it is (RFC 6266). No path is left in it, and nothing that could end it. */
function nameParts(fileName: string): string {
  const name = safeName(fileName);
  const ascii = name.replace(/[^\x20-\x7e]|[%"]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, sign => `%${sign.charCodeAt(0).toString(16)}`);
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** What a name may hold, of the first 200 characters of its last part: no control characters, no direction marks. */
export function safeName(fileName: string): string {
  const last = fileName.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const name = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return [...name].slice(0, 200).join('') || 'file';
}

import type { Media } from '../../middleware/domain.ts';

/** A kind of file that WhatsApp knows, by its content type. */
export interface FileType {
  /** What WhatsApp shows it as. */
  readonly type: Media['type'];
  /** The ending of its name. */
  readonly ending: string;
  /** Whether these are the first bytes of such a file, as far as that can be told. */
  begins(head: Buffer): boolean;
}

const MiB = 1024 * 1024;

/**
 * The largest file of each kind that an agent may send, in bytes. WhatsApp's own limits for pictures, sound and films (Media
 * page); for documents WhatsApp takes 100 MB, and what is kept here for everybody to fetch is kept smaller.
 */
export const uploadLimits = {
  image: 5 * MiB,
  audio: 16 * MiB,
  video: 16 * MiB,
  document: 16 * MiB,
} as const;

/** So many bytes at the beginning tell what a file is. */
export const headLength = 16;

const starts = (...signs: readonly (string | readonly number[])[]) => {
  const bytes = signs.map(sign => Buffer.from(sign as string, 'latin1'));
  return (head: Buffer) => bytes.some(sign => head.subarray(0, sign.length).equals(sign));
};
const jpeg = starts([0xff, 0xd8, 0xff]);
const png = starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const webp = (head: Buffer) =>
  head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP';
/** The ISO base media format: MP4, 3GP, M4A. */
const isoMedia = (head: Buffer) => head.toString('latin1', 4, 8) === 'ftyp';
/** Its frames begin with twelve bits that are set, or it begins with a tag. */
const mpegAudio = (head: Buffer) =>
  head.toString('latin1', 0, 3) === 'ID3' || (head[0] === 0xff && (Number(head[1]) & 0xe0) === 0xe0);
/** Office's own formats: a zip since 2007, a compound file before. */
const zip = starts('PK\x03\x04');
const compound = starts([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
/** A text has no sign: what has a zero byte is none. */
const plain = (head: Buffer) => !head.includes(0);

const file = (type: Media['type'], ending: string, begins: FileType['begins']): FileType => ({
  type,
  ending,
  begins,
});
const openXml = 'application/vnd.openxmlformats-officedocument';

/** By content type: what WhatsApp takes and delivers (Media page). Nothing in it is run by a browser. */
const fileTypes: ReadonlyMap<string, FileType> = new Map([
  ['image/jpeg', file('image', 'jpg', jpeg)],
  ['image/png', file('image', 'png', png)],
  ['image/webp', file('sticker', 'webp', webp)],
  ['audio/aac', file('audio', 'aac', mpegAudio)],
  ['audio/amr', file('audio', 'amr', starts('#!AMR'))],
  ['audio/mpeg', file('audio', 'mp3', mpegAudio)],
  ['audio/mp4', file('audio', 'm4a', isoMedia)],
  ['audio/ogg', file('audio', 'ogg', starts('OggS'))],
  ['video/mp4', file('video', 'mp4', isoMedia)],
  ['video/3gpp', file('video', '3gp', isoMedia)],
  ['application/pdf', file('document', 'pdf', starts('%PDF-'))],
  ['application/msword', file('document', 'doc', compound)],
  ['application/vnd.ms-excel', file('document', 'xls', compound)],
  ['application/vnd.ms-powerpoint', file('document', 'ppt', compound)],
  [`${openXml}.wordprocessingml.document`, file('document', 'docx', zip)],
  [`${openXml}.spreadsheetml.sheet`, file('document', 'xlsx', zip)],
  [`${openXml}.presentationml.presentation`, file('document', 'pptx', zip)],
  ['text/plain', file('document', 'txt', plain)],
]);

/** A content type without its parameters, as the list of kinds has it. */
export function bareType(contentType: string): string {
  const [bare = ''] = contentType.split(';', 1);
  return bare.trim().toLowerCase();
}

/** The kind of file that a content type names; `undefined`: none that WhatsApp knows. */
export function fileTypeOf(contentType: string): FileType | undefined {
  return fileTypes.get(bareType(contentType));
}

/** The content types that may be sent. A sticker is no picture to an agent: WhatsApp wants it square and small. */
export const sendableTypes: readonly string[] = [...fileTypes.keys()].filter(
  contentType => fileTypes.get(contentType)?.type !== 'sticker',
);

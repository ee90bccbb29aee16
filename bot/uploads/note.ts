import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { uploadLimits } from '../files/fileTypes.ts';
import type { Upload } from './uploads.ts';

const form = z.strictObject({
  type: z.enum(Object.keys(uploadLimits) as [keyof typeof uploadLimits]),
  contentType: z.string(),
  fileName: z.string(),
  size: z.number(),
  expiresAt: z.number(),
});

/** An id that nobody can guess: see {@link Upload}. */
export function newUploadId(): string {
  return randomBytes(32).toString('hex');
}

/**
 * What was written down of a file, as JSON.
 *
 * @param beside what is known of it from elsewhere. Default nothing
 * @returns `undefined` where it is no such note: one that a full disk cut short says nothing
 */
export function readNote(text: string, beside: object = {}): Omit<Upload, 'id'> | undefined {
  try {
    return form.parse({ ...JSON.parse(text), ...beside });
  } catch {
    return undefined;
  }
}

/** The note of a file that hosts share, whose size and end stand beside it. */
export function sharedNote({
  type,
  contentType,
  fileName,
}: Pick<Upload, 'type' | 'contentType' | 'fileName'>): string {
  return JSON.stringify({ type, contentType, fileName });
}

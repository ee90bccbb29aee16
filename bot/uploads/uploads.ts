/**
 * Files that agents send: WhatsApp fetches them from us by an address that nobody can guess.
 *
 * @module
 */
import type { Readable } from 'node:stream';
import type { Media } from '../../middleware/domain.ts';

/** A file that is kept for WhatsApp to fetch. */
export interface Upload {
  /** 256 random bits in hexadecimal digits: who has it may fetch the file. */
  readonly id: string;
  readonly type: Media['type'];
  readonly contentType: string;
  readonly fileName: string;
  /** In bytes. */
  readonly size: number;
  /** When it is deleted, in Unix milliseconds. */
  readonly expiresAt: number;
}

/** A file as an agent's browser hands it over. */
export interface Uploading {
  /** What the browser calls it; its first bytes must agree. */
  readonly contentType: string;
  readonly fileName: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Keeps uploads: `FileUploads` for a host by itself, `SharedUploads` for hosts that share a store. */
export interface Uploads {
  /**
   * Keeps a file.
   *
   * @throws BluetickError `invalid_request` where it is not what it is called, `too_large`, `rate_limited` where too many are on
   *   their way, `store_unavailable` where the disk is full. Nothing of it is kept then, nor where its body breaks off
   */
  keep(file: Uploading): Promise<Upload>;
  /** A file by its id, to be read to its end or destroyed; `undefined`: there is none, or no more. */
  open(id: string): Promise<{ readonly upload: Upload; readonly body: Readable } | undefined>;
  /** Deletes a file; one that is not there is no fault. */
  remove(id: string): Promise<void>;
  /** Deletes what has come to its end; answers how many files. */
  sweep(): Promise<number>;
}

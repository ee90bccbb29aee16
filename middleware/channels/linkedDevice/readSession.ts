import { z } from 'zod';
import type { LinkedEvent } from './event.ts';
import { type EventReading, malformed } from './eventReading.ts';

const status = z.looseObject({ status: z.string().regex(/^[A-Z_]{1,64}$/) });

/**
 * Reads `session.status`. Only a session that is `WORKING` can be called through; the other documented states are
 * `STOPPED`, `STARTING`, `SCAN_QR_CODE`, `PASSKEY_REQUIRED`, `PASSKEY_CONFIRMATION_REQUIRED` and `FAILED`, and a new one is
 * taken for one of these.
 */
export function readSession({ business, name, at, payload }: LinkedEvent): EventReading {
  const read = status.safeParse(payload);
  if (!read.success) return malformed(name, read.error);
  const { status: because } = read.data;
  return { item: { connections: [{ business, up: because === 'WORKING', because, at }] } };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dialect, parseEvents } from '../../../../middleware/channels/linkedDevice/parseEvents.ts';
import type { ChannelEvents } from '../../../../middleware/domain.ts';

/** When what tells no time of its own came. */
export const now = 1_800_000_000_000;

/** WAHA's dialect, which is the plain one. */
export const dialect: Dialect = { channel: 'waha', businessOf: ({ session }) => session };

/** Reads one event, or several. */
export const read = (event: object): ChannelEvents =>
  parseEvents(Buffer.from(JSON.stringify(event)), dialect, now);

/** A fixture, such as `waha/message`. */
export const fixture = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'fixtures', `${name}.json`), 'utf8'));

/** The documented envelope around a payload. */
export const inEnvelope = (event: string, payload: object, over: object = {}) => ({
  ...fixture('waha/envelope'),
  event,
  payload,
  ...over,
});

/** The time of the documented envelope. */
export const envelopeAt = 1_741_249_702_485;

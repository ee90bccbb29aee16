import type { EscalationCall } from '../../../../middleware/acknowledgements/ways/way.ts';

/** A call with everything that a number can be reached by. */
export const call: EscalationCall = {
  key: 'c0ffee00-0000-4000-8000-000000000001',
  createdAt: Date.UTC(2026, 10, 22, 12, 0, 0),
  channel: 'meta',
  message: 'o7',
  conversation: 'c_abc',
  to: '4915550001111',
  text: 'Your order is ready.',
};

/** A signal that never aborts. */
export const never = (): AbortSignal => new AbortController().signal;

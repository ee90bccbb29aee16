import type { EscalationWayOut } from '../../middleware/acknowledgements/ways/way.ts';
import type { Held } from './held.ts';

/** A way out that stays the same to all who hold it, while another takes its place behind it. */
export function renewedWay(held: Held<EscalationWayOut> | undefined): EscalationWayOut | undefined {
  if (held === undefined) return undefined;
  const { type, idempotent } = held.current;
  return {
    type,
    idempotent,
    send: (call, signal) => held.use(way => way.send(call, signal)),
    close: () => held.close(),
  };
}

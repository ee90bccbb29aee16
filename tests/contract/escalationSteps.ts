import type { Acknowledgement, StatusMeaning } from '../../middleware/domain.ts';
import type { EscalationEnd, EscalationRule, EscalationTry } from '../../middleware/ports.ts';
import { admission, batch, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

export const minutes = 60_000;
/** When an escalation of {@link rule} is due, of a message that was handed over `now`. */
export const dueAt = now + 5 * minutes;
/** How long a claim lasts. */
export const claimMs = 30_000;
export const rule: EscalationRule = { unless: 'delivered', afterMs: 5 * minutes, via: [{ type: 'sms' }] };
export const sms: EscalationTry = { way: 'sms', at: dueAt, id: 'SM1' };
export const worked: EscalationEnd = { state: 'escalated', tries: [sms], possiblyDoubled: false };
export const nothingDue = { cancelled: [] };

/** What the suites of escalations do to a store. */
export function escalationSteps(suite: StoreSuite) {
  /** A conversation, and messages that go out in it. */
  async function begin() {
    const { admitted } = await suite.admit(admission(message('w1')));
    const [{ ref: turn, conversation }] = admitted as [(typeof admitted)[0]];
    const { id } = conversation;
    let sent = 0;
    const add = async (escalate: EscalationRule = rule, at = now, ordinal?: number) => {
      sent += 1;
      const { outbound } = await suite.store.addOutbound({
        conversation: id,
        content: { type: 'text', text: `number ${sent}` },
        correlation: `k${sent}`,
        now: at,
        leaseMs,
        escalate,
        ...(ordinal !== undefined && { turn: { ref: turn, ordinal } }),
      });
      return outbound.ref;
    };
    const send = async (escalate?: EscalationRule, at?: number) => {
      const ref = await add(escalate, at);
      await suite.store.changeOutbound(ref, { state: 'sent', providerId: `out-${ref}` }, at ?? now);
      return ref;
    };
    const tick = (ref: string, means: StatusMeaning, at: number) => {
      const acknowledgement: Acknowledgement = {
        channel: 'meta',
        business: 'b1',
        providerId: `out-${ref}`,
        status: means,
        means,
        at,
      };
      return suite.store.admit(
        batch([], { now: at, ledger: { entries: [{ acknowledgement }], shared: false } }),
      );
    };
    const look = (at: number, hooks: readonly string[] = []) => suite.store.dueEscalation(id, hooks, at);
    const claim = (ref: string, at: number) => suite.store.claimEscalation(ref, [], at, claimMs);
    const of = async (ref: string) => (await suite.store.ledgerEntry({ ref }))?.escalation;
    return { id, add, send, tick, look, claim, of };
  }
  const claimsAt = async (at: number) => {
    const { claims, nextDueAt } = await suite.store.claimDue(at, room, leaseMs);
    return { kinds: claims.map(({ kind }) => kind).filter(kind => kind === 'escalation'), nextDueAt };
  };
  return { begin, claimsAt };
}

import assert from 'node:assert/strict';
import type { Acknowledgement } from '../../middleware/domain.ts';
import type { Acknowledged, AcknowledgementEntry, AdmissionBatch } from '../../middleware/ports.ts';
import { admission, batch, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** A status of `wamid.out`, which {@link ledgerSteps} sends. */
export function status(
  means: Acknowledgement['means'],
  at: number,
  over: Partial<Acknowledgement> = {},
): Acknowledgement {
  const base = { channel: 'meta', business: 'b1', providerId: 'wamid.out', status: means } as const;
  return { ...base, means, at, ...over };
}

export const text = { type: 'text', text: 'hello' } as const;

/** What became of each. */
export const what = (acknowledged: readonly Acknowledged[]) => acknowledged.map(each => each.what);

/** What the suites of the ledger do with a store. */
export function ledgerSteps(suite: StoreSuite) {
  async function begin(over: Partial<Parameters<typeof suite.store.addOutbound>[0]> = {}) {
    const { admitted } = await suite.admit(admission(message('w1')));
    const conversation = String(admitted[0]?.conversation.id);
    const { outbound } = await suite.store.addOutbound({
      conversation,
      content: text,
      correlation: 'k-1',
      now,
      leaseMs,
      ...over,
    });
    return { conversation, ref: outbound.ref };
  }
  const accept = (ref: string, providerId = 'wamid.out') =>
    suite.store.changeOutbound(ref, { state: 'sent', providerId }, now);
  const receive = async (
    statuses: readonly (Acknowledgement | AcknowledgementEntry)[],
    over: Partial<AdmissionBatch> & { shared?: boolean } = {},
  ): Promise<readonly Acknowledged[]> => {
    const { shared = false, ...rest } = over;
    const entries = statuses.map(each => ('acknowledgement' in each ? each : { acknowledgement: each }));
    const result = await suite.store.admit(batch([], { ledger: { entries, shared }, ...rest }));
    return result.acknowledged ?? [];
  };
  const entry = async (providerId = 'wamid.out') => {
    const found = await suite.store.ledgerEntry({ channel: 'meta', providerId });
    assert.ok(found);
    return found;
  };
  const counts = () => suite.store.countLedger(now + 1);

  return { begin, accept, receive, entry, counts };
}

import assert from 'node:assert/strict';
import { contributionOf, figuresOf } from '../../../../middleware/acknowledgements/figures/figuresOf.ts';
import type { Acknowledgement } from '../../../../middleware/domain.ts';
import type { AdmissionResult, FigureCount, LedgerMove, Store } from '../../../../middleware/ports.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, leaseMs, message, now } from '../../../contract/storeSamples.ts';
import { pick, seededRandom } from '../../../fault/random.ts';
import { sums } from './samples.ts';

const seed = 20261122;
const runs = 150;

describe(`the figures of the store’s own moves (seed ${seed})`, () => {
  let store: Store;
  beforeEach(async () => {
    store = await openSqliteStore({ path: ':memory:', thread: false });
  });
  afterEach(() => store.close());

  it('add up to what each message puts in at the end, whatever was reported and answered in whatever order', async () => {
    const random = seededRandom(seed);
    const at = () => now + 1000 * Math.floor(random() * 150);
    for (let run = 0; run < runs; run += 1) {
      const customer = `customer ${run}`;
      const first = await store.admit(batch([admission(message(`in-${run}`, { customer }))]));
      const conversation = String(first.admitted[0]?.conversation.id);
      const moves: LedgerMove[] = [];
      const ids = [`wamid.${run}.a`, `wamid.${run}.b`];
      const status = (): Acknowledgement => {
        const means = pick(
          ['sent', 'delivered', 'read', 'played', 'failed', 'revoked', 'unknown'] as const,
          random,
        );
        const failures = [{ code: pick(['131026', '131049'], random) }];
        const of = { channel: 'meta', business: 'b1', providerId: pick(ids, random), status: means } as const;
        return { ...of, means, at: at(), ...(means === 'failed' && { failures }) };
      };
      const keep = ({ acknowledged = [], implied = [] }: AdmissionResult) => {
        moves.push(...implied, ...acknowledged.flatMap(each => (each.what === 'applied' ? each.move : [])));
      };
      const entries = () =>
        Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({ acknowledgement: status() }));
      for (const [index, providerId] of ids.entries()) {
        // Some statuses come before their message's call is answered, some while the customer writes.
        if (random() < 0.5)
          keep(await store.admit(batch([], { ledger: { entries: entries(), shared: false } })));
        const content = { type: 'text', text: `${index}` } as const;
        const { outbound } = await store.addOutbound({
          conversation,
          content,
          correlation: providerId,
          now,
          leaseMs,
        });
        const { joined } = await store.changeOutbound(outbound.ref, { state: 'sent', providerId }, now);
        if (joined !== undefined) moves.push(joined);
      }
      for (let step = 0; step < 8; step += 1) {
        const says = admission(message(`in-${run}-${step}`, { customer, sentAt: at() }));
        const ledger = { entries: entries(), shared: false };
        keep(await store.admit(batch(random() < 0.4 ? [says] : [], { ledger })));
      }
      for (const { ref, state } of await store.listLedger(conversation, { limit: 9 })) {
        const figures: FigureCount[] = moves
          .filter(each => each.ref === ref)
          .flatMap(each => figuresOf(each));
        const end = [...contributionOf(state)].map(([name, bin]) => [`${name} ${bin}`, 1]);
        assert.deepEqual(sums(figures), { ...sums(figures), ...Object.fromEntries(end) });
        assert.equal(Object.keys(sums(figures)).length, end.length, `run ${run}`);
      }
    }
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsOf } from '../../middleware/acknowledgements/eventsOf.ts';
import {
  foldStatus,
  type LedgerFact,
  levelOf,
  nothingReported,
  rankOf,
} from '../../middleware/acknowledgements/fold.ts';
import { LedgerDoor } from '../../middleware/acknowledgements/ledgerDoor.ts';
import type { Acknowledgement, ReportedLevel } from '../../middleware/domain.ts';
import type { LedgerEvent, LedgerMove, Store } from '../../middleware/ports.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { admission, batch, leaseMs, message, now } from '../contract/storeSamples.ts';
import { pick, seededRandom } from './random.ts';
import { firstSeed } from './rounds.ts';

/** Who writes at once, and how often: facts/peers.md 7.2, G2. */
const writers = 32;
const rounds = 1000;
const statusesEach = 4;
const seed = firstSeed(20_261_122);

const reported: readonly ReportedLevel[] = ['sent', 'delivered', 'read', 'played'];

describe(`${writers} writers at once on one message (${rounds} rounds, seed ${seed})`, function () {
  this.timeout(120_000);
  let folder: string;
  let store: Store;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-writers-'));
    store = await openSqliteStore({ path: join(folder, 'store.sqlite') });
  });
  after(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  async function send(round: number): Promise<string> {
    const inbound = message(`first-${round}`, { customer: `4915${round}`, kind: 'reaction' });
    const { admitted } = await store.admit(batch([admission(inbound)]));
    const { outbound } = await store.addOutbound({
      conversation: String(admitted[0]?.conversation.id),
      content: { type: 'text', text: 'hi' },
      correlation: `k-${round}`,
      now,
      leaseMs,
    });
    const providerId = `wamid.${round}`;
    await store.changeOutbound(outbound.ref, { state: 'sent', providerId }, now);
    return providerId;
  }

  it('end at the highest level, each step is told once, and nobody sees one fall', async () => {
    const random = seededRandom(seed);
    for (let round = 0; round < rounds; round += 1) {
      const providerId = await send(round);
      const told: LedgerEvent[] = [];
      const facts: LedgerFact[] = [];
      let highest = 0;
      const see = ({ before, after }: Pick<LedgerMove, 'before' | 'after'>) => {
        assert.ok(rankOf(levelOf(after)) >= rankOf(levelOf(before)));
      };
      const write = async (statuses: readonly Acknowledgement[], door: LedgerDoor) => {
        for (const acknowledgement of statuses) {
          if (door.isRepeat(acknowledgement)) continue;
          const ledger = { entries: [{ acknowledgement }], shared: false };
          const { acknowledged: [result] = [] } = await store.admit(batch([], { ledger }));
          assert.ok(result?.what === 'applied' || result?.what === 'repeat');
          const held = result.what === 'applied' ? result.move.after : result.state;
          door.remember(acknowledgement, held);
          // What is answered later was written later: the order of the answers is that of the writes.
          assert.ok(rankOf(levelOf(held)) >= highest, 'a reader saw the level fall');
          highest = rankOf(levelOf(held));
          if (result.what !== 'applied') continue;
          see(result.move);
          told.push(...eventsOf(result.move, now));
        }
      };
      const mine = () =>
        Array.from({ length: statusesEach }, (): Acknowledgement => {
          const means = pick(reported, random);
          const at = now + Math.floor(random() * 5) * 1000;
          const status = { channel: 'meta', business: 'b1', providerId, status: means, means, at } as const;
          facts.push(status);
          return status;
        });
      const lists = Array.from({ length: writers }, mine);
      await Promise.all(lists.map(statuses => write(statuses, new LedgerDoor())));

      const found = await store.ledgerEntry({ channel: 'meta', providerId });
      const folded = facts.reduce(foldStatus, nothingReported);
      assert.deepEqual(found?.state.at, folded.at);
      const steps = told.map(event => event.type === 'message.level' && `${event.level} ${event.implied}`);
      assert.deepEqual(steps.toSorted(), [...new Set(steps)].toSorted(), 'a step was told twice');
      assert.equal(
        told.filter(event => event.type === 'message.level' && !event.implied).length,
        Object.keys(folded.at).length,
      );
    }
  });
});

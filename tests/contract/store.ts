import assert from 'node:assert/strict';
import type { Store } from '../../middleware/ports.ts';
import { describeAdmission } from './storeAdmission.ts';
import { describeAudit } from './storeAudit.ts';
import { describeConversationList } from './storeConversationList.ts';
import { describeConversations } from './storeConversations.ts';
import { describeDueWork } from './storeDueWork.ts';
import { describeErasure } from './storeErasure.ts';
import { describeEscalationClaims } from './storeEscalationClaims.ts';
import { describeEscalations } from './storeEscalations.ts';
import { describeFallbacks } from './storeFallbacks.ts';
import { describeFigures } from './storeFigures.ts';
import { describeForwards } from './storeForwards.ts';
import { describeHandoffs } from './storeHandoffs.ts';
import { describeHooks } from './storeHooks.ts';
import { describeLedger } from './storeLedger.ts';
import { describeOutbounds } from './storeOutbounds.ts';
import { describeReceipts } from './storeReceipts.ts';
import { describeRefusals } from './storeRefusals.ts';
import { describeReplays } from './storeReplays.ts';
import { describeRetention } from './storeRetention.ts';
import { batch, type StoreSuite } from './storeSamples.ts';
import { describeSendKeys } from './storeSendKeys.ts';
import { describeState } from './storeState.ts';
import { describeStrangeStatuses } from './storeStrangeStatuses.ts';
import { describeThreads } from './storeThreads.ts';
import { describeTurns } from './storeTurns.ts';

/** Opens a store that keeps its content in the same place as the last one, or in a new place. */
export interface StoreHarness {
  open(): Promise<Store>;
  /** Closes and opens again what {@link open} gave, as a restart does. */
  reopen(store: Store): Promise<Store>;
  cleanUp(): Promise<void>;
}

/** The one suite that every store passes. */
export function describeStore(name: string, harness: StoreHarness): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness.cleanUp();
    });

    const suite: StoreSuite = {
      get store() {
        return store;
      },
      async reopen() {
        store = await harness.reopen(store);
      },
      admit: (...admissions) => store.admit(batch(admissions)),
      async outcomes(conversation) {
        const receipts = await store.listReceipts(conversation, 100);
        return receipts.map(({ messageId, outcome }) => [messageId, outcome]).reverse();
      },
    };

    describeAdmission(suite);
    describeDueWork(suite);
    describeReceipts(suite);
    describeAudit(suite);
    describeTurns(suite);
    describeState(suite);
    describeOutbounds(suite);
    describeEscalations(suite);
    describeEscalationClaims(suite);
    describeFallbacks(suite);
    describeRefusals(suite);
    describeSendKeys(suite);
    describeLedger(suite);
    describeStrangeStatuses(suite);
    describeReplays(suite);
    describeHooks(suite);
    describeForwards(suite);
    describeHandoffs(suite);
    describeFigures(suite);
    describeConversations(suite);
    describeConversationList(suite);
    describeThreads(suite);
    describeErasure(suite);
    describeRetention(suite);

    it('refuses what comes after it is closed', async () => {
      const closed = store;
      await suite.reopen();
      await assert.rejects(closed.deadLetters(1), { code: 'store_unavailable' });
    });
  });
}

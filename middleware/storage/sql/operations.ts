import type { Store } from '../../ports.ts';
import { admission } from './admission.ts';
import { conversationTable } from './conversations.ts';
import { conversationViews } from './conversationViews.ts';
import { escalationTable } from './escalations.ts';
import { escalationWork } from './escalationWork.ts';
import { figureTable } from './figures.ts';
import { forwardTable } from './forwards.ts';
import { handoffTable } from './handoffs.ts';
import { hookTable } from './hooks.ts';
import { laneTable } from './lanes.ts';
import { ledgerTable } from './ledger.ts';
import { ledgerViews } from './ledgerViews.ts';
import { letterTable } from './letters.ts';
import { outboundTable } from './outbounds.ts';
import { personalTable } from './personal/personalData.ts';
import { retention } from './personal/retention.ts';
import { policyTable } from './policies.ts';
import { receiptStepTable } from './receiptSteps.ts';
import { receiptTable } from './receipts.ts';
import { refusalTable } from './refusals.ts';
import { replays } from './replays.ts';
import { sendKeyTable } from './sendKeys.ts';
import { setAsideTables } from './setAside.ts';
import type { Op, Sql } from './sql.ts';
import { stateTable } from './states.ts';
import { statusTable } from './statuses.ts';
import { threadTable } from './threads.ts';
import { turnTable } from './turns.ts';

/** The operations of a store that go through the database. */
export type OperationName = Exclude<keyof Store, 'close' | 'sharing' | 'files'>;

/** The same operations, each on its way: whoever has the database performs it. */
export type Operations = {
  [Name in OperationName]: (...args: Parameters<Store[Name]>) => Op<Awaited<ReturnType<Store[Name]>>>;
};

/** Prepares every statement once and answers the operations over them. */
export function createOperations(sql: Sql): Operations {
  const conversations = conversationTable(sql);
  const lanes = laneTable(sql);
  const letters = letterTable(sql);
  const { reviveForward, ...forwards } = forwardTable(sql, letters);
  const refusals = refusalTable(sql);
  const steps = receiptStepTable(sql, conversations);
  const receipts = receiptTable(sql, { conversations, lanes, refusals, steps });
  const states = stateTable(sql);
  const hooks = hookTable(sql);
  const ledger = ledgerTable(sql);
  const setAside = setAsideTables(sql);
  const statuses = statusTable(sql, { conversations, ledger, setAside, hooks });
  const escalations = escalationTable(sql, lanes);
  const { toEntry, ...views } = ledgerViews(sql, { conversations, ledger, escalations, refusals });
  const beat = sql.prepare(
    'INSERT INTO heartbeat (pk, at) VALUES (1, ?) ON CONFLICT (pk) DO UPDATE SET at = excluded.at',
  );
  return {
    ...admission(sql, { conversations, lanes, receipts, steps, letters, statuses }),
    claimDue: lanes.claimDue,
    dueReceipts: receipts.dueReceipts,
    openReceipts: receipts.openReceipts,
    changeReceipts: receipts.changeReceipts,
    typingState: receipts.typingState,
    listReceipts: receipts.listReceipts,
    audit: steps.audit,
    ...turnTable(sql, { conversations, lanes, letters, receipts, states }),
    ...states,
    ...outboundTable(sql, {
      conversations,
      lanes,
      letters,
      statuses,
      escalations,
      hooks,
      refusals,
      keys: sendKeyTable(sql),
    }),
    ...views,
    ...escalationWork(sql, { conversations, lanes, hooks, entryOf: ref => views.ledgerEntry({ ref }) }),
    ...forwards,
    ...replays(sql, { lanes, statuses, reviveForward }),
    listOrphans: setAside.listOrphans,
    listQuarantine: setAside.listQuarantine,
    *countLedger(before) {
      return { ...(yield* setAside.count(before)), deadLetters: yield* letters.count() };
    },
    addHooks: hooks.add,
    claimHooks: hooks.claimHooks,
    endHook: hooks.endHook,
    countHooks: hooks.countHooks,
    message: receipts.message,
    conversation: conversations.conversation,
    ...conversationViews(sql),
    ...threadTable(sql, { conversations, receipts, ledger, toEntry }),
    markSeen: conversations.markSeen,
    shutWindow: conversations.shutWindow,
    changeConversation: conversations.changeConversation,
    ...handoffTable(sql, { conversations, lanes }),
    ...figureTable(sql),
    ...policyTable(sql),
    ...personalTable(sql),
    ...retention(sql),
    deadLetters: letters.deadLetters,
    *ping(now) {
      yield* beat.write(now);
    },
  };
}

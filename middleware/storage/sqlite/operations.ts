import type { DatabaseSync } from 'node:sqlite';
import type { Store } from '../../ports.ts';
import { admission } from './admission.ts';
import { conversationTable } from './conversations.ts';
import { laneTable } from './lanes.ts';
import { letterTable } from './letters.ts';
import { outboundTable } from './outbounds.ts';
import { policyTable } from './policies.ts';
import { receiptTable } from './receipts.ts';
import { stateTable } from './states.ts';
import { turnTable } from './turns.ts';

/** The operations of a store that go through the database. */
export type OperationName = Exclude<keyof Store, 'close'>;

/** The same operations, run in place on an open database. */
export type Operations = {
  [Name in OperationName]: (...args: Parameters<Store[Name]>) => Awaited<ReturnType<Store[Name]>>;
};

/** Prepares every statement once and answers the operations over them. */
export function createOperations(db: DatabaseSync): Operations {
  const conversations = conversationTable(db);
  const lanes = laneTable(db, conversations);
  const letters = letterTable(db);
  const receipts = receiptTable(db, conversations, lanes);
  const states = stateTable(db);
  const beat = db.prepare(
    'INSERT INTO heartbeat (pk, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
  );
  return {
    ...admission(db, { conversations, lanes, receipts, letters }),
    claimDue: lanes.claimDue,
    dueReceipts: receipts.dueReceipts,
    openReceipts: receipts.openReceipts,
    changeReceipts: receipts.changeReceipts,
    typingState: receipts.typingState,
    listReceipts: receipts.listReceipts,
    ...turnTable(db, { conversations, lanes, letters, receipts, states }),
    ...states,
    ...outboundTable(db, conversations, lanes, letters),
    message: receipts.message,
    conversation: conversations.conversation,
    conversationView: conversations.conversationView,
    listConversations: conversations.listConversations,
    markSeen: conversations.markSeen,
    changeConversation: conversations.changeConversation,
    ...policyTable(db),
    deadLetters: letters.deadLetters,
    ping: now => void beat.run(now),
  };
}

/**
 * What has to be on the disk before its caller goes on. The others only count, claim or read: a process that
 * dies leaves them to the kernel, which writes them; after a power cut the work is simply due again.
 */
export const durableOperations: ReadonlySet<OperationName> = new Set<OperationName>([
  'admit',
  'changeReceipts',
  'endTurn',
  'writeState',
  'addOutbound',
  'nextOutbound',
  'changeOutbound',
  'dropReplies',
  'changeConversation',
  'markSeen',
  'putPolicy',
  'ping',
]);

/** Every operation, for the store that forwards them. */
export const operationNames = [
  'admit',
  'claimDue',
  'dueReceipts',
  'openReceipts',
  'changeReceipts',
  'typingState',
  'listReceipts',
  'beginTurn',
  'endTurn',
  'readState',
  'writeState',
  'addOutbound',
  'nextOutbound',
  'changeOutbound',
  'dropReplies',
  'outbound',
  'message',
  'conversation',
  'conversationView',
  'listConversations',
  'markSeen',
  'changeConversation',
  'policies',
  'putPolicy',
  'deadLetters',
  'ping',
] as const satisfies readonly OperationName[];

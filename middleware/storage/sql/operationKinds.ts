import type { OperationName } from './operations.ts';

/**
 * What an operation of a store is, for whoever performs it:
 * - `durable`: it has to be on the disk before its caller goes on.
 * - `passing`: it writes what needs not be: it only counts or notes. A process that dies leaves it to the kernel, which writes
 *   it; after a power cut the work is simply due again.
 * - `claim`: the same, and it takes work, passing over what other processes are at: it is not made to wait with them.
 * - `read`: several may be answered at once, and none waits for a commit.
 */
export type OperationKind = 'durable' | 'passing' | 'claim' | 'read';

/** Every operation, and what it is. */
export const operationKinds = {
  admit: 'durable',
  claimDue: 'claim',
  dueReceipts: 'read',
  openReceipts: 'read',
  changeReceipts: 'durable',
  typingState: 'read',
  listReceipts: 'read',
  audit: 'read',
  beginTurn: 'passing',
  endTurn: 'durable',
  readState: 'read',
  writeState: 'durable',
  addOutbound: 'durable',
  nextOutbound: 'durable',
  changeOutbound: 'durable',
  dropReplies: 'durable',
  outbound: 'read',
  repeatedOutbound: 'read',
  message: 'read',
  conversation: 'read',
  conversationView: 'read',
  listConversations: 'read',
  thread: 'read',
  threadItem: 'read',
  markSeen: 'durable',
  shutWindow: 'durable',
  changeConversation: 'durable',
  handOver: 'durable',
  handoffNotes: 'read',
  policies: 'read',
  putPolicy: 'durable',
  deadLetters: 'read',
  ledgerEntry: 'read',
  listLedger: 'read',
  listFailures: 'read',
  listOrphans: 'read',
  listQuarantine: 'read',
  countLedger: 'read',
  replay: 'durable',
  dropLetter: 'durable',
  dueEscalation: 'passing',
  claimEscalation: 'durable',
  endEscalation: 'durable',
  returnEscalation: 'passing',
  addHooks: 'durable',
  claimHooks: 'claim',
  endHook: 'passing',
  countHooks: 'read',
  addForward: 'durable',
  claimForwards: 'claim',
  endForward: 'durable',
  countForwards: 'read',
  addFigures: 'passing',
  figures: 'read',
  stuck: 'read',
  customerConversations: 'read',
  personalData: 'read',
  erasePersonalData: 'durable',
  unfinishedErasures: 'read',
  eraseOld: 'durable',
  addPrivacyAct: 'durable',
  privacyActs: 'read',
  scrub: 'passing',
  ping: 'durable',
} as const satisfies Record<OperationName, OperationKind>;

/** Every operation, for the store that forwards them. */
export const operationNames = Object.keys(operationKinds) as readonly OperationName[];

/** Whether one of some calls has to be on the disk before its caller goes on. */
export function isDurable(calls: readonly { readonly name: OperationName }[]): boolean {
  return calls.some(({ name }) => operationKinds[name] === 'durable');
}

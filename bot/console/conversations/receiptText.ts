import type { ReceiptView } from './views.ts';

/** What a customer sees of a message of theirs: whether its ticks are blue, and a line of the texts that says why. */
export interface ReceiptShown {
  readonly isRead: boolean;
  readonly line:
    | 'due'
    | 'read'
    | 'covered'
    | 'skipped'
    | 'unsupported'
    | 'failed'
    | 'expired'
    | 'held'
    | 'held.replying'
    | 'held.agentAccepted'
    | 'held.agentOpened'
    | 'held.agentReplied'
    | 'held.manual';
  /** The time that the line names. */
  readonly at?: string;
  /** Whether somebody can mark it read now. */
  readonly isOpen: boolean;
}

const untils = ['replying', 'agentAccepted', 'agentOpened', 'agentReplied', 'manual'] as const;
const ended = ['skipped', 'unsupported', 'failed', 'expired'] as const;

/** What the line under a customer's message says. */
export function receiptShown({ outcome, dueAt, at, until }: ReceiptView): ReceiptShown {
  if (outcome === 'sent' || outcome === 'covered')
    return { isRead: true, isOpen: false, line: outcome === 'sent' ? 'read' : 'covered', ...(at && { at }) };
  if (outcome === 'scheduled')
    return { isRead: false, isOpen: true, line: 'due', ...(dueAt && { at: dueAt }) };
  const end = ended.find(each => each === outcome);
  if (end !== undefined) return { isRead: false, isOpen: false, line: end };
  const moment = untils.find(each => each === until);
  return { isRead: false, isOpen: true, line: moment === undefined ? 'held' : `held.${moment}` };
}

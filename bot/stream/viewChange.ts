import type { Conversation } from '../../middleware/domain.ts';
import type { Channel, LedgerEvent } from '../../middleware/ports.ts';
import type { Change, ConversationChange } from '../../middleware/receipts/changes.ts';
import { viewHoldingNow } from '../routes/handoffViews.ts';
import { isoTime, viewContent } from '../routes/messageViews.ts';
import { viewOutcome, viewWindow } from '../routes/views.ts';
import type { ChangeView } from './eventRing.ts';

/**
 * How the stream shows changes: in the words of the API's views. No text, no part of a number, no provider's id of a message,
 * and nothing that could be large: the document of a conversation's policy is for the API to show.
 *
 * @param channels those that are on: whether a conversation has a window is theirs to say
 */
export function changeViewer(channels: readonly Channel[]): (change: Change) => ChangeView {
  const windowOf = (state: Conversation, now: number) =>
    viewWindow(state, channels.find(({ name }) => name === state.channel)?.capabilities, now);
  return change => {
    const { type, at } = change;
    return {
      type,
      at: isoTime(at),
      ...(isOwn(change) ? viewOwn(change, windowOf) : viewLedgerEvent(change)),
    };
  };
}

const ledgerTypes: ReadonlySet<string> = new Set<LedgerEvent['type']>([
  'message.level',
  'message.failed',
  'message.revoked',
  'message.escalated',
  'alarm.velocity',
]);

function isOwn(change: Change): change is ConversationChange {
  return !ledgerTypes.has(change.type);
}

function viewOwn(change: ConversationChange, windowOf: (state: Conversation, now: number) => object) {
  const { conversation, at } = change;
  switch (change.type) {
    case 'message.received': {
      const { message, kind, sentAt, state, receipt } = change;
      return {
        conversation,
        channel: state.channel,
        message,
        kind,
        sentAt: isoTime(sentAt),
        window: windowOf(state, at),
        ...(receipt && { receipt: viewOutcome(receipt) }),
      };
    }
    case 'receipt.changed': {
      const { refusal, ...receipt } = viewOutcome(change.receipt);
      // What a provider says may name the message, or the customer: whoever may read that asks the API.
      const { detail: _detail, ...named } = refusal ?? {};
      return {
        conversation,
        message: change.message,
        receipt: { ...receipt, ...(refusal && { refusal: named }) },
      };
    }
    case 'message.added':
      return { conversation, message: change.message, content: viewContent(change.content) };
    case 'message.accepted':
    case 'message.superseded':
      return { conversation, message: change.message };
    case 'conversation.changed': {
      const { holder, workstream = null, policy } = change.state;
      const ownPolicy = policy === undefined ? 'none' : 'stored';
      return {
        conversation,
        holder,
        ...viewHoldingNow(change.state),
        workstream,
        policy: ownPolicy,
        window: windowOf(change.state, at),
      };
    }
    case 'typing':
      return { conversation, by: change.by, typing: change.typing };
    case 'agent': {
      const { event, agent, via, to } = change;
      return {
        conversation,
        event,
        ...(agent !== undefined && { agent }),
        ...(to !== undefined && { to }),
        ...(via && { via }),
      };
    }
  }
}

/** The business is told with an alarm alone: elsewhere the conversation says all, and it may be a number. */
function viewLedgerEvent(event: LedgerEvent) {
  const { type: _type, at: _at, business, ...rest } = event;
  if (event.type === 'alarm.velocity') return { ...rest, business };
  const { reportedAt, ...message } = { reportedAt: undefined, ...rest };
  return { ...message, ...(reportedAt !== undefined && { reportedAt: isoTime(reportedAt) }) };
}

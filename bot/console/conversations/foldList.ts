import type { LiveEvent } from '../base/liveEvent.ts';
import type { ConversationView, Holder, WindowView } from './views.ts';

/** Which conversations are shown. */
export interface ListFilter {
  /** `waiting`: in the queue. `mine`: held by whoever looks. */
  readonly holder: 'all' | 'waiting' | 'mine' | 'bot';
  readonly unread: boolean;
}

/** What an event does to a conversation. */
export interface Folded {
  readonly view: ConversationView;
  /** The event does not say all: the API does. */
  readonly isStale: boolean;
}

/** The filter as the query of `GET /api/v1/conversations`. `mine` is a part of what agents hold. */
export function queryOf({ holder, unread }: ListFilter): Readonly<Record<string, string>> {
  const holders = { all: undefined, waiting: 'queue', mine: 'agent', bot: 'bot' } as const;
  const asked = holders[holder];
  return { ...(asked && { holder: asked }), ...(unread && { unread: 'true' }) };
}

/** @param me whoever looks, as the session names them */
export function passes(
  view: ConversationView,
  { holder, unread }: ListFilter,
  me: string | undefined,
): boolean {
  if (unread && view.unread === 0) return false;
  if (holder === 'waiting') return view.holder === 'queue';
  if (holder === 'mine') return view.holder === 'agent' && view.agent === me;
  return holder === 'all' || view.holder === 'bot';
}

/** Types of events after which a conversation is another one, in a way that only the API tells: its text, what is unread. */
const tellOfMore: ReadonlySet<string> = new Set(['message.received', 'message.added', 'message.superseded']);

/**
 * What an event of the stream does to a conversation, as far as the event says it. Applying one again changes nothing.
 */
export function foldConversation(view: ConversationView, event: LiveEvent): Folded {
  if (tellOfMore.has(event.type)) {
    const window = event.window as WindowView | undefined;
    return { view: { ...view, ...(window && { window }) }, isStale: true };
  }
  if (event.type === 'conversation.changed') return changed(view, event);
  if (event.type === 'agent') return acted(view, event);
  return { view, isStale: false };
}

function changed(view: ConversationView, event: LiveEvent): Folded {
  const { workstream: _workstream, agent: _agent, assignedTo: _assignedTo, ...rest } = view;
  const holder = event.holder as Holder;
  const moved: ConversationView = {
    ...rest,
    holder,
    window: event.window as WindowView,
    ...named('workstream', event.workstream),
    ...named('agent', event.agent),
    ...named('assignedTo', event.assignedTo),
  };
  // Why it was handed over is text, which the stream does not hold.
  return { view: moved, isStale: holder !== view.holder };
}

/** A field that the stream names with `null` where there is nothing. */
function named(field: 'workstream' | 'agent' | 'assignedTo', value: unknown) {
  return typeof value === 'string' ? { [field]: value } : {};
}

function acted(view: ConversationView, event: LiveEvent): Folded {
  if (event.event === 'typing') return { view, isStale: false };
  const hasSeen = event.event === 'opened' || event.event === 'replied';
  return { view: hasSeen ? { ...view, unread: 0 } : view, isStale: true };
}

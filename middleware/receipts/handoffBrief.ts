import { contentText } from '../acknowledgements/contentText.ts';
import type { Conversation, HandoffBrief, TranscriptLine } from '../domain.ts';
import type { Store, ThreadItem } from '../ports.ts';
import { boundLine, handoffLimits } from './handoffNotes.ts';

/**
 * What the agent who takes a conversation is given: why it came, what the bot has learned, and what was spoken lately. The
 * transcript is what the store holds; where the bot's own is longer, as that of a bot behind another's adapter may be, it
 * is the bot's.
 *
 * @returns `undefined` where the conversation is with no agents
 */
export async function briefOf(
  store: Pick<Store, 'handoffNotes' | 'thread'>,
  { id, handoff }: Conversation,
): Promise<HandoffBrief | undefined> {
  if (handoff === undefined) return undefined;
  const [notes, thread] = await Promise.all([
    store.handoffNotes(id),
    store.thread(id, { limit: handoffLimits.lines }),
  ]);
  const { context = {}, transcript: told = [] } = notes ?? {};
  const own = thread.items.flatMap(lineOf).toReversed();
  return { ...handoff, context, transcript: told.length > own.length ? told : own };
}

/** None for what nobody reads: a reaction, a notice of the system, what was taken back, what never reached the customer. */
function lineOf(item: ThreadItem): TranscriptLine[] {
  if (item.side === 'customer') {
    const { kind, sentAt: at, changes } = item;
    const content = changes.findLast(each => each.kind === 'edit')?.content ?? item.content;
    const isGone = content === undefined || changes.some(each => each.kind === 'revoke');
    if (isGone || (kind !== 'message' && kind !== 'echo')) return [];
    const side = kind === 'echo' ? 'business' : 'customer';
    return [lineFrom({ side, at, type: content.type }, content.text ?? content.media?.caption)];
  }
  const { at, entry, sender } = item;
  const { content, sending, state } = entry;
  if (content === undefined || sending === 'failed' || state.revokedAt !== undefined) return [];
  const line = { side: 'business', at, type: content.type, ...(sender && { sender }) } as const;
  return [lineFrom(line, contentText(content))];
}

function lineFrom(line: TranscriptLine, text: string | undefined): TranscriptLine {
  return boundLine(text === undefined || text === '' ? line : { ...line, text });
}

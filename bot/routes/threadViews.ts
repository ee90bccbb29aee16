import type { BusinessItem, CustomerItem, ThreadChange, ThreadItem } from '../../middleware/ports.ts';
import { type TemplateTexts, viewInbound, viewOutbound } from './contentViews.ts';
import { isoTime, viewMessage } from './messageViews.ts';
import { viewOutcome } from './views.ts';

/** A message as people read it, of whichever side. */
export function viewThreadItem(item: ThreadItem, templates: TemplateTexts) {
  return item.side === 'customer' ? viewCustomerItem(item) : viewBusinessItem(item, templates);
}

function viewCustomerItem(item: CustomerItem) {
  const { ref, side, kind, at, sentAt, content, receipt, concerns, changes } = item;
  return {
    ref,
    side,
    kind,
    at: isoTime(at),
    sentAt: isoTime(sentAt),
    content: viewInbound(content, ref, concerns),
    ...(receipt !== undefined && { receipt: viewOutcome(receipt) }),
    ...viewChanges(changes),
  };
}

function viewBusinessItem(
  { ref, side, at, sender, agent, entry, changes }: BusinessItem,
  templates: TemplateTexts,
) {
  return {
    ref,
    side,
    at: isoTime(at),
    content: viewOutbound(entry.content, templates),
    ...(sender !== undefined && { sender }),
    ...(agent !== undefined && { agent }),
    message: viewMessage(entry),
    ...viewChanges(changes),
  };
}

/** What the customer did to it: of several reactions and edits the last one counts. */
function viewChanges(changes: readonly ThreadChange[]) {
  const last = (kind: ThreadChange['kind']) => changes.findLast(change => change.kind === kind);
  const emoji = last('reaction')?.content.reaction?.emoji;
  const edit = last('edit');
  const revoke = changes.find(({ kind }) => kind === 'revoke');
  return {
    ...(emoji !== undefined && { reaction: emoji }),
    ...(edit !== undefined && {
      edited: {
        at: isoTime(edit.sentAt),
        ...(edit.content.text !== undefined && { text: edit.content.text }),
      },
    }),
    ...(revoke !== undefined && { revokedAt: isoTime(revoke.sentAt) }),
  };
}

import {
  afterRevocationOf,
  impliedOf,
  levelOf,
  reportedLevels,
} from '../../middleware/acknowledgements/fold.ts';
import type { OutboundContent } from '../../middleware/domain.ts';
import type { Escalation, LedgerEntry } from '../../middleware/ports.ts';
import { viewFailure, viewRefusal } from './failureViews.ts';

/**
 * What became of an outbound message, as the API shows it. What the message says is left out: a program that asks for its
 * ticks need not see it.
 */
export function viewMessage(entry: LedgerEntry) {
  const { ref, providerId, conversation, origin, state, sending, failure, refusal } = entry;
  const { content, insteadOf, escalation, possiblyDoubled } = entry;
  return {
    id: providerId ?? ref,
    ref,
    channel: conversation.channel,
    conversation: conversation.id,
    origin,
    level: levelOf(state),
    at: Object.fromEntries(
      reportedLevels.flatMap(level => {
        const time = state.at[level];
        return time === undefined ? [] : [[level, isoTime(time)]];
      }),
    ),
    implied: impliedOf(state),
    afterRevocation: afterRevocationOf(state),
    failures: state.failures.map(({ at, ...reported }) => ({
      ...viewFailure(conversation.channel, reported),
      at: isoTime(at),
    })),
    ...(state.revokedAt !== undefined && { revokedAt: isoTime(state.revokedAt) }),
    sending,
    ...(failure !== undefined && { failure }),
    ...(refusal !== undefined && { refusal: viewRefusal(refusal) }),
    ...(possiblyDoubled && { possiblyDoubled }),
    ...(content !== undefined && { content: viewContent(content) }),
    ...(insteadOf !== undefined && { insteadOf: viewContent(insteadOf) }),
    createdAt: isoTime(entry.createdAt),
    ...(escalation !== undefined && { escalation: viewEscalation(escalation) }),
  };
}

/** What kind of a message it is; the name of a template is the business's own. */
export function viewContent(content: OutboundContent) {
  return {
    type: content.type,
    ...(content.type === 'template' && { template: content.template.name }),
  };
}

/** Without numbers, texts and addresses: whoever set it knows them. */
function viewEscalation({ state, unless, afterMs, dueAt, via, tries, possiblyDoubled }: Escalation) {
  return {
    state,
    unless,
    afterMs,
    dueAt: isoTime(dueAt),
    via: via.map(({ type }) => type),
    tries: tries.map(({ at, ...rest }) => ({ ...rest, at: isoTime(at) })),
    possiblyDoubled,
  };
}

/** A time as the API writes it. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

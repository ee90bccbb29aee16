import type { HandoffNotes, TranscriptLine } from '../domain.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';
import { commandOf } from './handoffSignals.ts';
import type { ActivityLike } from './structuralTypes.ts';

/**
 * The names under which bots say why they hand over: the Bot Framework's samples, Omnichannel's, and Copilot Studio's
 * variables, of which the first two are written for whoever takes over and the last is the topic that was left.
 */
const reasonNames = ['reason', 'topic', 'BotHandoffTopic', 'va_AgentMessage', 'va_LastTopic'];

/**
 * What a bot hands over with the activity by which it lets go: the value of `handoff.initiate`, variables of Copilot Studio
 * among it, with its attachment `Transcript`; or the context of Omnichannel's `Escalate`, whose text is a summary for the
 * agent (facts/bot-stack.md 2.5, 2.6).
 */
export function readHandoff(activity: ActivityLike): HandoffNotes {
  const isCommand = commandOf(activity) === 'Escalate';
  const context = isCommand ? tagsOf(activity).context : activity.value;
  const entries = isRecord(context) ? context : {};
  const named = reasonNames.map(name => textOf(entries[name])).find(text => text !== '');
  // A context that is no object says something all the same.
  const said = isCommand ? textOf(activity.text) : textOf(context);
  const reason = said || named;
  return {
    ...(reason && { reason }),
    context: entries,
    transcript: transcriptOf(activity),
  };
}

function tagsOf({ channelData }: ActivityLike): Readonly<Record<string, unknown>> {
  // It was read once already, to see that it is a command.
  return fieldsOf(JSON.parse(String(fieldsOf(channelData).tags)));
}

function transcriptOf({ attachments = [], recipient }: ActivityLike): readonly TranscriptLine[] {
  const attached = attachments.find(({ name }) => name === 'Transcript');
  return listOf(fieldsOf(attached?.content).activities).flatMap((said): TranscriptLine[] => {
    const { type, text, timestamp, from } = fieldsOf(said);
    const words = textOf(text);
    if (type !== 'message' || words === '') return [];
    const { id, role } = fieldsOf(from);
    const isCustomer = role === 'user' || (role === undefined && id !== undefined && id === recipient?.id);
    const at = Date.parse(String(timestamp));
    return [
      {
        side: isCustomer ? 'customer' : 'business',
        type: 'text',
        text: words,
        ...(!isCustomer && { sender: 'bot' as const }),
        ...(!Number.isNaN(at) && { at }),
      },
    ];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

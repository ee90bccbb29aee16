import type { Capabilities } from '../../middleware/ports.ts';
import { type DeclaredChannel, declaredChannels } from './channelTables.ts';
import { tableOf } from './markdownTable.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** What there is to say of a channel, by what is asked of it. */
const questions: Readonly<Record<string, (can: Capabilities) => string>> = {
  'mark read': ({ read }) =>
    ({ call: 'a call of its own', withTyping: 'with typing only', none: 'no' })[read],
  typing: ({ typing }) =>
    ({ impliesRead: 'marks the message read too', independent: 'stands alone', none: 'no' })[typing],
  'a receipt covers earlier messages': ({ coversEarlier }) =>
    coversEarlier === 'named' ? 'those that its call names' : coversEarlier,
  'typing is shown again every': ({ typing, typingPeriodMs, minTypingPeriodMs }) =>
    typing === 'none' ? 'never' : `${typingPeriodMs / 1000} s, at least ${minTypingPeriodMs / 1000} s`,
  'typing can be stopped': ({ typing, stopTyping }) => {
    if (stopTyping) return 'yes';
    return typing === 'none' ? 'no' : 'no: it ends with the reply or by itself';
  },
  'a message can be marked read for': ({ read, readWithinMs }) => {
    if (read === 'none') return 'no time';
    return readWithinMs === null ? 'no limit is known' : `${readWithinMs / dayMs} days`;
  },
  'free-form messages': ({ window }) => (window ? 'within 24 hours of the customer’s latest' : 'any time'),
  'buttons and lists': ({ sends }) => (sends.interactive ? 'yes' : 'no: numbered lines of the text'),
  files: ({ sends }) => (sends.media ? 'yes' : 'no: their addresses in the text'),
  templates: ({ sends }) => (sends.template ? 'yes' : 'no'),
  'the longest text': ({ sends: { longestText } }) =>
    longestText === null ? 'no limit is known' : `${longestText.toLocaleString('en')} characters`,
  'a send can be repeated safely': ({ idempotentSend }) => (idempotentSend ? 'yes' : 'no'),
  official: ({ unofficial, retired }) => {
    if (unofficial !== undefined) return `no: ${unofficial}`;
    return retired === undefined ? 'yes' : `no more: ${retired}`;
  },
  'calls a second to one number': ({ callsPerSecond }) => String(callsPerSecond),
};

/** The README's table of what channels can do. */
export function capabilityTable(channels: readonly DeclaredChannel[] = declaredChannels): string {
  return tableOf(
    ['capability', ...channels.map(({ name, title = `\`${name}\`` }) => title)],
    Object.entries(questions).map(([question, answer]) => [
      question,
      ...channels.map(({ capabilities }) => answer(capabilities)),
    ]),
  );
}

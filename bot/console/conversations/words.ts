import { isText, language, text } from '../base/text.ts';
import { durationText } from './countdown.ts';
import type { ConversationView, Holder, LatestView } from './views.ts';

const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const relativeDay = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

/** The time of day. */
export function timeText(at: string): string {
  return time.format(new Date(at));
}

/** Day and time, to the second. */
export function exactTime(at: string): string {
  return exact.format(new Date(at));
}

/** What tells two days apart, in the time zone of whoever looks. */
export function dayKey(at: string): string {
  return new Date(at).toDateString();
}

/** A day as a heading: today, yesterday, or which it was. */
export function dayText(at: string, now: number): string {
  if (dayKey(at) === new Date(now).toDateString()) return relativeDay.format(0, 'day');
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  return dayKey(at) === yesterday.toDateString() ? relativeDay.format(-1, 'day') : day.format(new Date(at));
}

/** When something was, for a narrow column: the time of today, else the day. */
export function briefTime(at: string, now: number): string {
  return dayKey(at) === new Date(now).toDateString() ? timeText(at) : shortDay.format(new Date(at));
}

/** How long ago something was, such as `5 min`. */
export function since(at: string, now: number): string {
  return durationText(now - Date.parse(at), language);
}

/** What a message without words is. */
export function kindText(type: string): string {
  const key = `kind.${type}`;
  return text(isText(key) ? key : 'kind.unknown');
}

/** The newest message in one line. */
export function latestText({ type, text: said }: LatestView): string {
  return said === undefined || said === '' ? kindText(type) : said;
}

/** Who holds a conversation: the bot, the queue or an agent by name. */
export function holderText({ holder, agent, assignedTo }: ConversationView, me: string | undefined): string {
  if (holder === 'queue' && assignedTo !== undefined) return text('holder.assigned', { agent: assignedTo });
  if (holder !== 'agent') return text(`holder.${holder}` satisfies `holder.${Holder}`);
  // Whoever has signed in without a name has what nobody's name stands at.
  return agent === me ? text('holder.me') : (agent ?? text('holder.agent'));
}

/** Why something failed, by the API's word for it: `docs/failures.md`. */
export function failureText(is: string): string {
  const key = `failure.${is}`;
  return text(isText(key) ? key : 'failure.unknown');
}

/** What went wrong with a request of this page. */
export function errorText(error: unknown): string {
  return text('error.unknown', { message: error instanceof Error ? error.message : String(error) });
}

import { language, text } from '../../console/base/text.ts';

const date = new Intl.DateTimeFormat(language, { dateStyle: 'long' });

/** How a day is called between messages. */
export function dayName(at: number): string {
  const today = new Date().setHours(0, 0, 0, 0);
  if (at === today) return text('phone.today');
  // By the calendar: a day may have 23 or 25 hours.
  const yesterday = new Date(today).setDate(new Date(today).getDate() - 1);
  return at === yesterday ? text('phone.yesterday') : date.format(at);
}

import { api } from '../base/api.ts';
import { type LiveEvent, live } from '../base/live.ts';
import type { ConversationView, PageOf } from './views.ts';
import { WaitingRoom } from './waiting.ts';

/** Of so many it is known who waits longest: the most that the host lists at once. */
const most = 500;

/** Who waits in the queue. It is kept on every page: the title of the window tells it. */
export const waiting = new WaitingRoom();

live.addEventListener('reload', () => void load());
live.addEventListener('change', event => {
  const change: LiveEvent = (event as CustomEvent).detail;
  waiting.apply(change);
  meanwhile?.push(change);
});
api.addEventListener('signedOut', () => waiting.take([]));

/** What came while the list was asked for, which may be older. */
let meanwhile: LiveEvent[] | undefined;

async function load(): Promise<void> {
  const behind: LiveEvent[] = [];
  meanwhile = behind;
  try {
    const { items } = await api.ask<PageOf<ConversationView>>(
      `/api/v1/conversations?holder=queue&limit=${most}`,
    );
    waiting.take(items);
    for (const change of behind) waiting.apply(change);
  } catch {
    // It is a help, and no more: the list says what is wrong.
  }
}

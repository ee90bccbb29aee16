import type { ChannelEvents } from '../../domain.ts';
import type { Channel } from '../../ports.ts';

/** One of the two formats: its agents, its calls, and what its webhooks tell. */
export interface GoogleFormat
  extends Pick<Channel, 'businesses' | 'markRead' | 'send' | 'showRepresentative' | 'close'>,
    Required<Pick<Channel, 'setTyping'>> {
  /**
   * Reads one payload, which is authentic.
   *
   * @param now for what tells no time, in Unix milliseconds
   */
  read(payload: unknown, now: number): ChannelEvents;
}

import type { HandoffNotes, Holder } from '../domain.ts';
import type { TurnContextLike } from './structuralTypes.ts';
import { speakerOf } from './turnOf.ts';

/** What a dialog can do about who holds its conversation. */
export interface DialogHandoff {
  /** Who holds it, as far as the turn has heard; `undefined` where no conversation of WhatsApp is behind it. */
  readonly holder: Holder | undefined;
  /**
   * The bot lets go: the conversation waits for an agent, and the bot is silent until it is back. The same as the event
   * `handoff.initiate`.
   */
  begin(given?: HandoffNotes): Promise<void>;
  /** The bot has the conversation back: what waited for an agent is decided anew by its policy. */
  takeBack(): Promise<void>;
}

/**
 * The dialog's handle on who holds its conversation. On other channels it does nothing.
 *
 * @example
 * // "Never mind the waiting, I found it": behind another's adapter the bot hears the customer also while agents have them.
 * if (handoffOf(context).holder === 'queue' && isSolved(context)) await handoffOf(context).takeBack();
 */
export function handoffOf(context: Pick<TurnContextLike, 'turnState'>): DialogHandoff {
  const speaker = speakerOf(context);
  return {
    get holder() {
      return speaker?.conversation.holder;
    },
    begin: async given => speaker?.handOff(given),
    takeBack: async () => speaker?.takeBack(),
  };
}

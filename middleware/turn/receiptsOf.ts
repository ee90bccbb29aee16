import type { DialogReceipts, TurnReceipt } from '../receipts/turnReceipts.ts';
import type { TurnContextLike } from './structuralTypes.ts';
import { turnOf } from './turnOf.ts';

const nothing: TurnReceipt = { outcome: 'skipped', because: 'there is no WhatsApp message behind this turn' };

/** What a dialog gets where no message of WhatsApp is behind its turn, so that it need not ask first. */
const noReceipts: DialogReceipts = {
  markRead: async () => nothing,
  hold: async () => nothing,
  showTyping: async () => {},
  setPolicy: async () => {},
  outcome: async () => undefined,
};

/**
 * The dialog's handle on the receipt of the message that it answers. On other channels it does nothing.
 *
 * @example
 * if (isComplaint(context.activity.text)) await receiptsOf(context).hold();
 */
export function receiptsOf(context: Pick<TurnContextLike, 'turnState'>): DialogReceipts {
  return turnOf(context)?.receipts ?? noReceipts;
}

import type { Command } from './command.ts';
import { explainPolicy } from './explainPolicy.ts';
import { getConversation } from './getConversation.ts';
import { getMessageStatus } from './getMessageStatus.ts';
import { holdReceipt } from './holdReceipt.ts';
import { markRead } from './markRead.ts';
import { reportAgentEvent } from './reportAgentEvent.ts';
import { sendMessage } from './sendMessage.ts';
import { setReceiptPolicy } from './setReceiptPolicy.ts';
import { showTyping } from './showTyping.ts';

/** What makers may ask of Bluetick: every way in offers exactly these. */
export const commands: readonly Command[] = [
  markRead,
  holdReceipt,
  showTyping,
  setReceiptPolicy,
  explainPolicy,
  getMessageStatus,
  getConversation,
  reportAgentEvent,
  sendMessage,
];

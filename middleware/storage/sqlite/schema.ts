import { forwards } from './migrations/forwards.ts';
import { handoffs } from './migrations/handoffs.ts';
import { hooks } from './migrations/hooks.ts';
import { ledger } from './migrations/ledger.ts';
import { messages } from './migrations/messages.ts';
import { personalData } from './migrations/personalData.ts';
import { receiptSteps } from './migrations/receiptSteps.ts';
import { turns } from './migrations/turns.ts';

/**
 * The tables, as one list of migrations: version n of a file has had the first n applied. A migration that has been
 * released is never edited, and a new one comes at the end.
 */
export const migrations: readonly string[] = [
  ...messages,
  ...ledger,
  ...forwards,
  ...receiptSteps,
  ...handoffs,
  ...personalData,
  ...turns,
  ...hooks,
];

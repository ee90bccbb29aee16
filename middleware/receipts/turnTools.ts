import type { AgentReports } from './agentReports.ts';
import type { AgentSigns } from './agentSigns.ts';
import type { EngineParts } from './engineParts.ts';
import type { Handoff } from './handoff.ts';
import type { Outbox } from './outbox.ts';
import type { ParkedReplies } from './parkedReplies.ts';
import type { ReceiptMarker } from './receiptMarker.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';
import type { ReceiptSender } from './receiptSender.ts';
import type { TypingIndicator } from './typingIndicator.ts';

/** What a turn works with. */
export interface TurnTools {
  readonly parts: EngineParts;
  readonly sender: ReceiptSender;
  readonly typing: TypingIndicator;
  readonly outbox: Outbox;
  readonly releaser: ReceiptReleaser;
  readonly handoff: Handoff;
  readonly agents: AgentReports;
  readonly signs: AgentSigns;
  readonly marker: ReceiptMarker;
  readonly parked: ParkedReplies;
}

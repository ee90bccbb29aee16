/**
 * Bluetick: WhatsApp's read receipts, typing and reply timing under a bot's control.
 *
 * @module
 */

// For a bot: the middleware, the adapter and what a dialog can ask.
export { OmnichannelMiddleware, type OmnichannelMiddlewareOptions } from './omnichannelMiddleware.ts';
export { ReceiptMiddleware, type ReceiptMiddlewareOptions } from './receiptMiddleware.ts';
export type { BotTurn, Turn } from './receipts/turn.ts';
export type { WhatsAppChannelData } from './turn/toActivity.ts';
export type { DialogReceipts, DialogScope, TurnReceipt } from './receipts/turnReceipts.ts';
export { type BotStateItems, type BotStorage, createBotStorage } from './turn/botStorage.ts';
export {
  defaultReaders,
  type MessageReader,
  type MessageReference,
  readOwnActivity,
  readTwilioActivity,
} from './turn/readMessage.ts';
export { isTaggedWhatsApp, type OmnichannelContext, readOmnichannelContext } from './turn/omnichannel.ts';
export { type DialogHandoff, handoffOf } from './turn/handoffOf.ts';
export { receiptsOf } from './turn/receiptsOf.ts';
export { turnOf } from './turn/turnOf.ts';
export { type BotSdk, createWhatsAppAdapter, type WhatsAppAdapter } from './turn/whatsAppAdapter.ts';

// For a host: the engine, the channels and the store.
export {
  checkEscalation,
  type EscalationCheck,
  escalationLimits,
  escalationRule,
} from './acknowledgements/checkEscalation.ts';
export type { Engagement } from './acknowledgements/figures/engagement.ts';
export type { Figures } from './acknowledgements/figures/figures.ts';
export type { Insights, InsightsQuery } from './acknowledgements/figures/insights.ts';
export type { Percentiles } from './acknowledgements/figures/sketch.ts';
export type { Summary } from './acknowledgements/figures/summarize.ts';
export type { Velocity, VelocityAlarm } from './acknowledgements/figures/velocityMonitor.ts';
export { isWindowOpen, windowClosesAt } from './acknowledgements/window.ts';
export { createHookAllowList, type HookAllowList } from './acknowledgements/hooks/allowList.ts';
export {
  createHookClient,
  type Hook,
  type HookClient,
  type HookClientOptions,
} from './acknowledgements/hooks/hookClient.ts';
export { type HookCounts, HookSender, type HookSenderParts } from './acknowledgements/hooks/hookSender.ts';
export { createHookSigner, type HookSigner } from './acknowledgements/hooks/signature.ts';
export { type AcsSmsOptions, createAcsSms } from './acknowledgements/ways/acsSms.ts';
export { createSignedHook } from './acknowledgements/ways/signedHook.ts';
export { createTwilioCall } from './acknowledgements/ways/twilioCall.ts';
export type { TwilioOptions } from './acknowledgements/ways/twilioOptions.ts';
export { createTwilioSms } from './acknowledgements/ways/twilioSms.ts';
export type { EscalationCall, EscalationWayOut, EscalationWays } from './acknowledgements/ways/way.ts';
export { createAcsChannel } from './channels/acs/acsChannel.ts';
export type { AcsChannelOptions, TokenSource } from './channels/acs/options.ts';
export type { EntraTokenRule } from './channels/entraToken.ts';
export { createGoogleChannel } from './channels/google/googleChannel.ts';
export type { GoogleChannelOptions, GoogleFormatOptions } from './channels/google/options.ts';
export { createMetaChannel } from './channels/meta/metaChannel.ts';
export type { MetaChannelOptions } from './channels/meta/options.ts';
export type { TwilioAccount } from './channels/twilio/api.ts';
export type { TwilioChannelOptions } from './channels/twilio/options.ts';
export { createTwilioChannel } from './channels/twilio/twilioChannel.ts';
export type { WahaChannelOptions } from './channels/waha/options.ts';
export { createWahaChannel } from './channels/waha/wahaChannel.ts';
export type { WawpChannelOptions } from './channels/wawp/options.ts';
export { createWawpChannel } from './channels/wawp/wawpChannel.ts';
export { type Command, type CommandParts, runCommand } from './commands/command.ts';
export { commands } from './commands/commands.ts';
export { type Correlation, defaultCorrelations } from './dynamics/correlation.ts';
export { readWorkItemUpdate, type ReadUpdate, type WorkItemUpdate } from './dynamics/workItemUpdate.ts';
export {
  type FoundWorkItem,
  type UpdateOutcome,
  type WorkItemIds,
  WorkItems,
  type WorkItemsOptions,
} from './dynamics/workItems.ts';
export type { ForwardClient, ForwardTry, RelayedAnswer } from './forwarding/forwardClient.ts';
export { type ForwardCounts, Forwarder, type ForwarderParts, type Kept } from './forwarding/forwarder.ts';
export { createTwilioForward, type TwilioForwardOptions } from './forwarding/twilioForward.ts';
export { type ErasureParts, eraseCustomer, finishErasures } from './privacy/eraseCustomer.ts';
export { exportCustomer } from './privacy/exportCustomer.ts';
export type { AskedBy } from './privacy/privacyActs.ts';
export { eraseOld } from './privacy/retention.ts';
export { receiveWebhook, type WebhookAnswer, type WebhookRequest } from './receiveWebhook.ts';
export type { AdmissionReport } from './receipts/admitter.ts';
export { type AgentEvent, type AgentReport, agentEvents } from './receipts/agentReports.ts';
export { handoffLimits } from './receipts/handoffNotes.ts';
export type { Change, ChangeListener, ConversationChange } from './receipts/changes.ts';
export type { CustomerTypingListener } from './receipts/customerTypings.ts';
export { createEngine, type Engine, type PostOptions } from './receipts/engine.ts';
export type { EngineOptions } from './receipts/engineOptions.ts';
export type { ProactiveTurn } from './receipts/proactiveTurn.ts';
export { PolicySettings } from './receipts/policySettings.ts';
export type { Posted, Sent } from './receipts/sent.ts';
export type { Hold } from './receipts/receiptHolder.ts';
export type { Replay } from './receipts/replayer.ts';
export type { HostedMessage, Hosting } from './receipts/turnAdopter.ts';
export type { TurnHandler } from './receipts/turnRunner.ts';
export type { Metric, Point } from './telemetry/tally.ts';
export type { TelemetryOptions } from './telemetry/telemetry.ts';
export { openSqliteStore, type SqliteStoreOptions } from './storage/sqlite/openSqliteStore.ts';

// For whoever writes policies.
export { defaultPolicy } from './policy/defaultPolicy.ts';
export type { TypingDecision } from './policy/decideTyping.ts';
export { explainPolicy } from './policy/explainPolicy.ts';
export { createPolicyBook, type PolicyBook, type PolicyScope } from './policy/policyBook.ts';
export { type Policy, type PolicyDocument, parsePolicyBook, parsePolicyDocument } from './policy/schema.ts';

// The words and the errors.
export * from './domain.ts';
export * from './errors.ts';

// For whoever adds a channel or a store.
export type * from './ports.ts';

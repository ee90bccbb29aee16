/**
 * Bluetick: WhatsApp's read receipts, typing and reply timing under a bot's control.
 *
 * @module
 */

export { createMetaChannel } from './channels/meta/metaChannel.ts';
// The words and the errors.
export * from './domain.ts';
export * from './errors.ts';
export { defaultPolicy } from './policy/defaultPolicy.ts';
export { explainPolicy } from './policy/explainPolicy.ts';
// For whoever writes policies.
export { createPolicyBook, type PolicyBook, type PolicyScope } from './policy/policyBook.ts';
export type { Policy, PolicyDocument } from './policy/schema.ts';
// For whoever adds a channel or a store.
export type * from './ports.ts';
// For a bot: the middleware, the adapter and what a dialog can ask.
export { ReceiptMiddleware } from './receiptMiddleware.ts';
export type { AdmissionReport } from './receipts/admitter.ts';
// For a host: the engine and the parts it is made of.
export { createEngine, type Engine, type EngineOptions } from './receipts/engine.ts';
export type { Sent } from './receipts/outbox.ts';
export type { Turn } from './receipts/turn.ts';
export type { TurnHandler } from './receipts/turnRunner.ts';
export { openSqliteStore, type SqliteStoreOptions } from './storage/sqlite/openSqliteStore.ts';
export type { WhatsAppChannelData } from './turn/toActivity.ts';
export { turnOf } from './turn/turnOf.ts';
export { type BotSdk, createWhatsAppAdapter, type WhatsAppAdapter } from './turn/whatsAppAdapter.ts';

/**
 * `bluetick/testing`: for the tests of a bot of one's own. A local WhatsApp with customers' phones, a clock that a test has in
 * its hands, and what providers send.
 *
 * @module
 */

export type { RecordedCall } from '../simulator/cloudApi.ts';
export {
  messageEnvelope,
  signBody,
  statusEnvelope,
  userIdOf,
  type WireCustomer,
  type WireMessage,
  type WireStatus,
} from '../simulator/envelopes.ts';
export type { CallFault, WebhookFault } from '../simulator/faults.ts';
export type { Phone, PhoneEvent, PhoneMessage, Tick, WriteOptions } from '../simulator/phone.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
export type { RetryOptions, WebhookAttempt } from '../simulator/webhookSender.ts';
// Fixtures: what providers send.
export { type ActivityOptions, activityOf } from './activities.ts';
// Its parts, one by one.
export { createFakeTime, type FakeTime } from './fakeTime.ts';
// A whole bed: the simulator, a store, an engine, and the bot.
export {
  sampleBusiness,
  sampleCustomer,
  startTestBed,
  type TestBed,
  type TestBedOptions,
} from './testBed.ts';
export { startWebhookServer, type WebhookServer } from './webhookServer.ts';

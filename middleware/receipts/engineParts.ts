import type { Ledger } from '../acknowledgements/ledger.ts';
import type { ChannelName, Conversation } from '../domain.ts';
import type { PolicyBook } from '../policy/policyBook.ts';
import type { Policy, PolicyDocument } from '../policy/schema.ts';
import { parsePolicyDocument } from '../policy/schema.ts';
import type { Channel, Clock, Logger, Scheduler, Sharing, Store } from '../ports.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { OneAtATime } from '../timing/oneAtATime.ts';
import type { Changes } from './changes.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Signals } from './signals.ts';

/** What the parts of the engine share. */
export interface EngineParts {
  readonly store: Store;
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Who counts and traces what the parts do. */
  readonly telemetry: Telemetry;
  /** A number from 0 up to 1: where the engine is seeded, so are its delays. */
  readonly random: () => number;
  readonly signals: Signals;
  /**
   * By conversation: who hands it on, or has its receipts decided by what an agent did, first looks and then writes. In between nobody
   * else may, in any process that shares the store.
   */
  readonly handing: Pick<OneAtATime, 'run'>;
  /** Aborts when the engine stops: who waits then gives up, and what was owed stays owed. */
  readonly stopping: AbortSignal;
  /** Who tells and counts what happens to messages. */
  readonly ledger: Ledger;
  /** Who tells of everything that changes. */
  readonly changes: Changes;
  /** The addresses that a web hook goes to for everything that happens to a message. */
  readonly hooks: readonly string[];
  readonly dispatcher: Pick<Dispatcher, 'take' | 'wakeAt' | 'hold' | 'hasRoom' | 'leaseOf'>;
  /** @param message the settings of one message alone, already checked */
  policyOf(
    conversation: Pick<Conversation, 'channel' | 'business' | 'workstream' | 'policy'>,
    message?: PolicyDocument,
  ): Policy;
}

/** One at a time among all who share the store, if any do. */
export function oneAtATime(sharing: Sharing | undefined): EngineParts['handing'] {
  if (sharing === undefined) return new OneAtATime();
  return { run: (conversation, act) => sharing.alone(`handing ${conversation}`, act) };
}

/** Resolves the policy of a conversation by the book. */
export function policyResolver(policies: Pick<PolicyBook, 'resolve'>): EngineParts['policyOf'] {
  return ({ channel, business, workstream, policy }, message) =>
    policies.resolve({
      channel,
      business,
      ...(workstream !== undefined && { workstream }),
      ...(message !== undefined && { message }),
      ...(policy !== undefined && { conversation: parsePolicyDocument(policy, 'conversation') }),
    }).policy;
}

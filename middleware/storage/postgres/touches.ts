import { hash } from 'node:crypto';
import type { Acknowledgement, Address } from '../../domain.ts';
import type { AdmissionBatch, StateChange, Store } from '../../ports.ts';
import type { OperationCall } from '../operationCall.ts';
import { providerKey } from '../sql/ledger.ts';
import type { OperationName } from '../sql/operations.ts';
import { pkOf } from '../sql/refs.ts';

/**
 * What a call works on, as far as the call itself tells: nobody else may work on the same meanwhile, in this process or
 * in another.
 */
export interface Touches {
  /** Conversations by our id. */
  readonly conversations?: readonly string[];
  /** Conversations by their address. */
  readonly addresses?: readonly Address[];
  /** Conversations by a message of ours in them: its key in `outbound`. */
  readonly outbounds?: readonly number[];
  /** Conversations by how the ledger knows a message in them. */
  readonly providers?: readonly Buffer[];
  /** Conversations by our own id in a call to the provider. */
  readonly correlations?: readonly string[];
  /** Requests to pass on, by their keys in `forward`: their lanes. */
  readonly forwards?: readonly number[];
  /** What has no row yet, or none of its own: by a name. */
  readonly names?: readonly string[];
}

/** By operation, from what it is called with. */
type Lookers = { readonly [Name in OperationName]?: (...args: Parameters<Store[Name]>) => Touches };

const byConversation = (id: string): Touches => ({ conversations: [id] });
const byOutbound = (ref: string): Touches => ({ outbounds: [pkOf(ref)] });
const states = (changes: readonly StateChange[] = []) => changes.map(({ key }) => `state ${key}`);
/** A status may come before the row of its message is there: until then only the provider's id is the same. */
const provided = (providerId: string) => `provider ${providerId}`;

/** What a status works on. */
export function ofStatus({
  channel,
  business,
  customer,
  customerAlias,
  providerId,
  correlation,
}: Acknowledgement): Touches {
  const customers = [customer, customerAlias].filter(each => each !== undefined);
  return {
    providers: [providerKey({ channel, providerId })],
    addresses: customers.map(each => ({ channel, business, customer: each })),
    names: [provided(providerId)],
    ...(correlation !== undefined && { correlations: [correlation] }),
  };
}

function ofAdmission(batch: AdmissionBatch): Touches {
  const statuses = (batch.ledger?.entries ?? []).map(({ acknowledgement }) => ofStatus(acknowledgement));
  return {
    addresses: [
      ...batch.admissions.map(({ message }) => message),
      ...statuses.flatMap(({ addresses = [] }) => addresses),
    ],
    providers: statuses.flatMap(({ providers = [] }) => providers),
    correlations: statuses.flatMap(({ correlations = [] }) => correlations),
    names: statuses.flatMap(({ names = [] }) => names),
  };
}

/** What is not here is one statement, or works on what nobody reads before. */
const lookers: Lookers = {
  admit: ofAdmission,
  changeReceipts: byConversation,
  beginTurn: byConversation,
  endTurn: (id, _ref, end) => ({
    conversations: [id],
    ...(end.how === 'done' && { names: states(end.state) }),
  }),
  writeState: changes => ({ names: states(changes) }),
  addOutbound: ({ conversation }) => ({ conversations: [conversation] }),
  nextOutbound: byConversation,
  changeOutbound: (ref, change) => ({
    outbounds: [pkOf(ref)],
    ...(change.state === 'sent' && { names: [provided(change.providerId)] }),
  }),
  dropReplies: byConversation,
  changeConversation: byConversation,
  handOver: byConversation,
  markSeen: byConversation,
  shutWindow: byConversation,
  erasePersonalData: ({ conversations }) => ({ conversations }),
  dueEscalation: byConversation,
  claimEscalation: byOutbound,
  endEscalation: byOutbound,
  returnEscalation: byOutbound,
  // Each looks at more than it takes, of every address: one that passed over what another looks at would find too little.
  claimHooks: () => ({ names: ['hooks'] }),
  addForward: ({ lane }) => ({ names: [forwardLane(lane)] }),
  endForward: id => ({ forwards: [Number(id)] }),
};

/** What a call works on. */
export function touchesOf({ name, args }: OperationCall): Touches {
  const looker = lookers[name] as ((...args: readonly unknown[]) => Touches) | undefined;
  return looker?.(...args) ?? {};
}

/** The name under which a lane of requests is locked. */
export function forwardLane(lane: string): string {
  return `forward ${lane}`;
}

/** An advisory lock's key for a name, as text: 64 bits do not fit a number. Two names that share one wait for each other. */
export function lockKeyOf(name: string): string {
  return hash('sha256', name, 'buffer').readBigInt64BE().toString();
}

import { BluetickError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { checkProviderUrl } from '../checkProviderUrl.ts';
import { requirePositive, requireSettings } from '../requireSetting.ts';
import { defaultCallsPerSecond } from './capabilities.ts';
import { readServiceAccount, type ServiceAccount } from './serviceAccount.ts';

/** What a connection in one of the formats needs. */
export interface GoogleFormatOptions {
  /**
   * The agents that this connection serves: of RCS for Business their ids, of Business Messages their names,
   * `brands/…/agents/…`.
   */
  readonly agentIds: readonly string[];
  /** The key of the service account, as the console gives it out: the text of the JSON file. */
  readonly serviceAccount: string;
  /**
   * The client tokens of the webhook: they prove its registration, and sign what it brings. The current one first, then
   * those still valid.
   */
  readonly clientTokens: readonly string[];
  /**
   * The service's address. Default `https://rcsbusinessmessaging.googleapis.com`, an agent's own region being
   * `https://<region>-rcsbusinessmessaging.googleapis.com`; of Business Messages `https://businessmessages.googleapis.com`.
   * Plain http is taken on loopback only.
   */
  readonly apiUrl?: string;
}

/** What the channel `google` needs: one of its formats, or both. */
export interface GoogleChannelOptions {
  /** RCS for Business. Default off. */
  readonly rbm?: GoogleFormatOptions | undefined;
  /** Business Messages, which Google shut down on 2024-07-31. Default off. */
  readonly businessMessages?: GoogleFormatOptions | undefined;
  /** Calls a second to one agent. Default 50. */
  readonly callsPerSecond?: number;
  /**
   * How long one call may take, in milliseconds, and how long its token. Default 10,000: Google documents no limit, and a
   * reply that hangs longer is better tried again.
   */
  readonly timeoutMs?: number;
  /** For dates in `Retry-After`, and for events that tell no time. Default: the system's clock. */
  readonly clock?: Clock;
}

/** The options of one format, checked. */
export interface CheckedFormat {
  readonly agentIds: readonly string[];
  readonly account: ServiceAccount;
  readonly clientTokens: readonly string[];
  readonly apiUrl: URL;
}

/** The options, checked, with every default in its place. */
export interface CheckedOptions {
  readonly rbm: CheckedFormat | undefined;
  readonly businessMessages: CheckedFormat | undefined;
  readonly callsPerSecond: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What sets the formats apart here: whether an agent is named by an id, or by `brands/…/agents/…`. */
const agentName = /^brands\/[^/\s]+\/agents\/[^/\s]+$/;
const agentId = /^[^/\s]+$/;

/**
 * Checks the options once, so that no channel starts half-configured. Messages name the setting and never show a secret.
 *
 * @throws BluetickError `invalid_configuration`
 */
export function checkOptions({
  rbm,
  businessMessages,
  callsPerSecond = defaultCallsPerSecond,
  timeoutMs = 10_000,
  clock = systemClock,
}: GoogleChannelOptions): CheckedOptions {
  if (rbm === undefined && businessMessages === undefined) {
    throw refuse('RBM_AGENT_ID', 'must not be empty where GBM_AGENT_ID is: one of the formats must be on');
  }
  const rbmUrl = 'https://rcsbusinessmessaging.googleapis.com';
  const businessMessagesUrl = 'https://businessmessages.googleapis.com';
  return {
    rbm: rbm && checkFormat(rbm, 'RBM', rbmUrl, agentId),
    businessMessages:
      businessMessages && checkFormat(businessMessages, 'GBM', businessMessagesUrl, agentName),
    callsPerSecond: requirePositive(callsPerSecond, 'callsPerSecond'),
    timeoutMs: requirePositive(timeoutMs, 'timeoutMs'),
    clock,
  };
}

function checkFormat(
  { agentIds, serviceAccount, clientTokens, apiUrl }: GoogleFormatOptions,
  prefix: 'RBM' | 'GBM',
  defaultUrl: string,
  form: RegExp,
): CheckedFormat {
  for (const agent of requireSettings(agentIds, `${prefix}_AGENT_ID`)) {
    if (form.test(agent)) continue;
    const allowed = form === agentName ? 'names of agents, brands/…/agents/…' : 'ids of agents';
    throw refuse(`${prefix}_AGENT_ID`, `must be a list of ${allowed}`);
  }
  return {
    agentIds,
    account: readServiceAccount(serviceAccount, `${prefix}_SERVICE_ACCOUNT_FILE`),
    clientTokens: requireSettings(clientTokens, `${prefix}_CLIENT_TOKEN`),
    apiUrl: checkProviderUrl(apiUrl ?? defaultUrl, `${prefix}_API_URL`),
  };
}

function refuse(field: string, why: string): BluetickError {
  return new BluetickError('invalid_configuration', `${field} ${why}`, { field });
}

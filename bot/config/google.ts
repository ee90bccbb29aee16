import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { halfSet, isOff, list, misconfigured, text, url } from './fields.ts';

/** The settings of one of Google's formats. */
export interface GoogleFormatConfig {
  readonly agentIds: readonly string[];
  /** What the file with the key of the service account holds. */
  readonly serviceAccount: string;
  readonly clientTokens: readonly string[];
  readonly apiUrl?: string;
}

/** The settings of the channel `google`: of one format, or of both. */
export interface GoogleConfig {
  readonly rbm?: GoogleFormatConfig;
  readonly businessMessages?: GoogleFormatConfig;
}

const rbmSettings = z.object({
  RBM_AGENT_ID: list,
  RBM_SERVICE_ACCOUNT_FILE: text,
  RBM_CLIENT_TOKEN: list,
  RBM_API_URL: url,
});

const businessMessagesSettings = z.object({
  GBM_AGENT_ID: list,
  GBM_SERVICE_ACCOUNT_FILE: text,
  GBM_CLIENT_TOKEN: list,
  GBM_API_URL: url,
});

/** The settings as the environment has them. */
export const googleSettings = z.object({ ...rbmSettings.shape, ...businessMessagesSettings.shape });
type Settings = z.output<typeof googleSettings>;

/**
 * Reads them; `undefined`: the channel is off.
 *
 * @throws BluetickError `invalid_configuration` where a format is half set, or the file with its key cannot be read
 */
export function readGoogle(set: Settings): GoogleConfig | undefined {
  const rbm = isOff(rbmSettings, set) ? undefined : readFormat('RBM', set);
  const businessMessages = isOff(businessMessagesSettings, set) ? undefined : readFormat('GBM', set);
  if (rbm === undefined && businessMessages === undefined) return undefined;
  return { ...(rbm && { rbm }), ...(businessMessages && { businessMessages }) };
}

function readFormat(prefix: 'RBM' | 'GBM', set: Settings): GoogleFormatConfig {
  const agentIds = set[`${prefix}_AGENT_ID`];
  const file = set[`${prefix}_SERVICE_ACCOUNT_FILE`];
  const clientTokens = set[`${prefix}_CLIENT_TOKEN`];
  const apiUrl = set[`${prefix}_API_URL`];
  if (agentIds === undefined || file === undefined || clientTokens === undefined) {
    const required = ['AGENT_ID', 'SERVICE_ACCOUNT_FILE', 'CLIENT_TOKEN'] as const;
    const missing = required
      .map(name => `${prefix}_${name}` as const)
      .filter(name => set[name] === undefined);
    throw halfSet('google', missing);
  }
  const serviceAccount = readKeyFile(file, `${prefix}_SERVICE_ACCOUNT_FILE`);
  return { agentIds, serviceAccount, clientTokens, ...(apiUrl !== undefined && { apiUrl }) };
}

function readKeyFile(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw misconfigured(setting, `${setting}: the file cannot be read`, error);
  }
}

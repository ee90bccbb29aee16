import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isLoopback } from '../middleware/isLoopback.ts';
import { type AcsConfig, acsSettings, readAcs } from './config/acs.ts';
import { browserSettings, readCorsOrigins } from './config/browsers.ts';
import { type DatabaseConfig, databaseSettings, readDatabase } from './config/database.ts';
import { type DataverseConfig, dataverseSettings, readDataverse } from './config/dynamics.ts';
import { list, misconfigured, optional, text, url, wholeNumber } from './config/fields.ts';
import { type GoogleConfig, googleSettings, readGoogle } from './config/google.ts';
import { type MetaConfig, metaSettings, readMeta } from './config/meta.ts';
import { type MicrosoftAppConfig, microsoftAppSettings, readMicrosoftApp } from './config/microsoftApp.ts';
import { type MonitoringConfig, monitoringSettings, readMonitoring } from './config/monitoring.ts';
import { refuseReferences } from './config/references.ts';
import { type RelayConfig, readRelay, relaySettings } from './config/relay.ts';
import { readRetention, retentionSettings } from './config/retention.ts';
import { readSecretsConfig, type SecretsConfig, secretsSettings } from './config/secrets.ts';
import { readSignIn, type SignInConfig, signInSettings } from './config/signIn.ts';
import { readAllowedCallers, skillSettings } from './config/skill.ts';
import { readTemplates, templateSettings } from './config/templates.ts';
import { readTwilio, type TwilioConfig, twilioSettings } from './config/twilio.ts';
import {
  readTwilioForward,
  type TwilioForwardConfig,
  twilioForwardSettings,
} from './config/twilioForward.ts';
import { readWaha, type WahaConfig, wahaSettings } from './config/waha.ts';
import { readWawp, type WawpConfig, wawpSettings } from './config/wawp.ts';
import { readWays, type WaysConfig, waysSettings } from './config/ways.ts';
import type { KnownTemplate } from './templates/templateBook.ts';

/** What the process's environment says, checked. `.env.sample` lists the settings with their defaults. */
export interface Config {
  /** `PORT`, default 3978, the Bot Framework's. 0 takes a free one. */
  readonly port: number;
  /** `HOST`. Default 127.0.0.1 while the simulator is the only channel, else 0.0.0.0. */
  readonly host: string;
  /** `PUBLIC_URL`: how the world reaches this host, without a slash at the end. Default: none. */
  readonly publicUrl: string | undefined;
  /** `BLUETICK_DATA`: the folder of the embedded store, of the spool and of files that agents send. Default `./data`. */
  readonly dataFolder: string;
  /** The `DATABASE_…` settings; absent: the embedded store is used. */
  readonly database: DatabaseConfig | undefined;
  /** `BLUETICK_MODE`: `gateway` runs the bot; `sidecar` only sends receipts beside somebody else's. */
  readonly mode: 'gateway' | 'sidecar';
  /**
   * `BLUETICK_API_KEY`: the current one first, then those still valid; absent only where the host makes one up: simulator
   * alone, on loopback.
   */
  readonly apiKeys: readonly string[] | undefined;
  /** `BLUETICK_REQUESTS_PER_SECOND`: how many requests a second one caller may make, and twice as many at once. Default 100. */
  readonly requestsPerSecond: number;
  /**
   * `BLUETICK_PROXIES`: how many proxies of our own stand in front, each of which adds to `X-Forwarded-For` whom it was asked by.
   * Default 0: the header is not read, as anybody can write it.
   */
  readonly proxies: number;
  /** `BLUETICK_POLICY`, read: what the file at that path holds. Default: an empty book. */
  readonly policyBook: unknown;
  /** `LOG_LEVEL`. Default `info`. */
  readonly logLevel: string;
  /** `APPLICATIONINSIGHTS_CONNECTION_STRING`: where telemetry goes. Default: nowhere. */
  readonly monitoring: MonitoringConfig | undefined;
  /** The `ACS_…` settings; absent: the channel is off. */
  readonly acs: AcsConfig | undefined;
  /** The `META_…` settings; absent: the channel is off. */
  readonly meta: MetaConfig | undefined;
  /** The `RBM_…` and `GBM_…` settings; absent: the channel is off. */
  readonly google: GoogleConfig | undefined;
  /** The `TWILIO_…` settings; absent: the channel is off, whatever else the account is for. */
  readonly twilio: TwilioConfig | undefined;
  /** `TWILIO_FORWARD_URL`: where the number's webhooks are passed on to. Default: nowhere. */
  readonly twilioForward: TwilioForwardConfig | undefined;
  /** The `WAHA_…` settings; absent: the channel is off. */
  readonly waha: WahaConfig | undefined;
  /** The `WAWP_…` settings; absent: the channel is off. */
  readonly wawp: WawpConfig | undefined;
  /** Whether the simulator is on: where no real channel is. */
  readonly simulator: boolean;
  /** The `DATAVERSE_…` settings; absent: Dynamics 365 tells nothing. */
  readonly dataverse: DataverseConfig | undefined;
  /** `BLUETICK_CORS_ORIGINS`: the origins of the pages from which agents' browsers may call. Default: none. */
  readonly corsOrigins: readonly string[];
  /** The templates that agents may choose from. */
  readonly templates: readonly KnownTemplate[];
  /** How people sign in to the console. */
  readonly signIn: SignInConfig;
  /** The `MicrosoftApp…` settings; absent: nobody who calls `/api/messages` is authenticated. */
  readonly microsoftApp: MicrosoftAppConfig | undefined;
  /** `BLUETICK_ALLOWED_CALLERS`: the agents that may call as their skill, by their application ids. Default: none. */
  readonly allowedCallers: readonly string[];
  /** `DIRECT_LINE_TOKEN_URL` and `DIRECT_LINE_URL`: the agent that answers. Default: the sample bot does. */
  readonly relay: RelayConfig | undefined;
  /** `BLUETICK_RETENTION_DAYS`: how long contents are kept, in days. Default: until somebody has them erased. */
  readonly retentionDays: number | undefined;
  /** How customers are reached where a message does not arrive, and who is told of what becomes of messages. */
  readonly ways: WaysConfig;
}

/** An agent's console needs a tenth of it, and a program that sends as fast as Meta takes from one number (80) has enough. */
const defaultRequestsPerSecond = 100;

const settings = z.object({
  PORT: wholeNumber(0, 65_535),
  HOST: text,
  PUBLIC_URL: url,
  BLUETICK_DATA: text,
  BLUETICK_MODE: optional(z.enum(['gateway', 'sidecar'])),
  BLUETICK_API_KEY: list.refine(
    keys => keys === undefined || keys.every(({ length }) => length >= 16),
    'allowed: 16 characters or more, or several such keys with commas between them',
  ),
  BLUETICK_REQUESTS_PER_SECOND: wholeNumber(1, 100_000),
  BLUETICK_PROXIES: wholeNumber(0, 9),
  BLUETICK_POLICY: text,
  LOG_LEVEL: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])),
  ...secretsSettings.shape,
  ...monitoringSettings.shape,
  ...databaseSettings.shape,
  ...acsSettings.shape,
  ...metaSettings.shape,
  ...googleSettings.shape,
  ...dataverseSettings.shape,
  ...browserSettings.shape,
  ...signInSettings.shape,
  ...microsoftAppSettings.shape,
  ...skillSettings.shape,
  ...relaySettings.shape,
  ...retentionSettings.shape,
  ...templateSettings.shape,
  ...twilioSettings.shape,
  ...twilioForwardSettings.shape,
  ...wahaSettings.shape,
  ...wawpSettings.shape,
  ...waysSettings.shape,
});

/** The name of every setting that is read. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

/**
 * Reads the settings.
 *
 * @throws BluetickError `invalid_configuration` that names the setting at fault and what is allowed. It never holds
 *   the value: it may be a secret.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  refuseReferences(env, settingNames);
  const set = parse(settings, env);
  // Checked with the rest; they are read before it, by whoever has to know them: see `readSources`.
  readSecretsConfig(set);
  const database = readDatabase(set);
  const mode = set.BLUETICK_MODE ?? 'gateway';
  const acs = readAcs(set, set.SMS_FROM !== undefined);
  const meta = readMeta(set);
  const publicUrl = set.PUBLIC_URL?.replace(/\/+$/, '');
  const twilio = readTwilio(set, publicUrl);
  const google = readGoogle(set);
  const waha = readWaha(set);
  const wawp = readWawp(set);
  const microsoftApp = readMicrosoftApp(set);
  const simulator = [acs, meta, twilio, google, waha, wawp].every(channel => channel === undefined);
  const host = set.HOST ?? (simulator ? '127.0.0.1' : '0.0.0.0');
  if (
    set.BLUETICK_API_KEY === undefined &&
    (!simulator || database !== undefined || !isLoopback(host.includes(':') ? `[${host}]` : host))
  ) {
    throw misconfigured(
      'BLUETICK_API_KEY',
      'BLUETICK_API_KEY: it must be set where a real channel is on, with DATABASE_URL, or where the host is not loopback. Allowed: 16 characters or more.',
    );
  }
  return {
    port: set.PORT ?? 3978,
    host,
    publicUrl,
    dataFolder: set.BLUETICK_DATA ?? './data',
    database,
    mode,
    apiKeys: set.BLUETICK_API_KEY,
    proxies: set.BLUETICK_PROXIES ?? 0,
    requestsPerSecond: set.BLUETICK_REQUESTS_PER_SECOND ?? defaultRequestsPerSecond,
    policyBook: set.BLUETICK_POLICY === undefined ? {} : readPolicyFile(set.BLUETICK_POLICY),
    logLevel: set.LOG_LEVEL ?? 'info',
    monitoring: readMonitoring(set),
    acs,
    meta,
    twilio,
    twilioForward: readTwilioForward(set, twilio),
    google,
    waha,
    wawp,
    simulator,
    dataverse: readDataverse(set),
    corsOrigins: readCorsOrigins(set),
    templates: readTemplates(set, simulator),
    signIn: readSignIn(set, { publicUrl, host }),
    microsoftApp,
    allowedCallers: readAllowedCallers(set, microsoftApp),
    relay: readRelay(set, mode),
    retentionDays: readRetention(set),
    ways: readWays(set),
  };
}

/**
 * Reads where settings come from beside the environment: before all others, which may come from there.
 *
 * @throws BluetickError `invalid_configuration` as {@link readConfig} does
 */
export function readSources(env: NodeJS.ProcessEnv): SecretsConfig {
  return readSecretsConfig(parse(secretsSettings, env));
}

function parse<T extends z.ZodObject>(form: T, env: NodeJS.ProcessEnv): z.output<T> {
  const parsed = form.safeParse(env);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? '');
  throw misconfigured(field, `${field}: ${issue?.message}`);
}

function readPolicyFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw misconfigured('BLUETICK_POLICY', `BLUETICK_POLICY: ${why}: ${path}`, error);
  }
}

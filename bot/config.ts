import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isLoopback } from '../middleware/channels/isLoopback.ts';
import { BluetickError } from '../middleware/errors.ts';

/** What the process's environment says, checked. `.env.sample` lists the settings with their defaults. */
export interface Config {
  /** `PORT`, default 3978, the Bot Framework's. 0 takes a free one. */
  readonly port: number;
  /** `HOST`. Default 127.0.0.1 while the simulator is the only channel, else 0.0.0.0. */
  readonly host: string;
  /** `PUBLIC_URL`: how the world reaches this host, without a slash at the end. Default: none. */
  readonly publicUrl: string | undefined;
  /** `BLUETICK_DATA`: the folder of the embedded store. Default `./data`. */
  readonly dataFolder: string;
  /** `BLUETICK_MODE`: `gateway` runs the bot; `sidecar` only sends receipts beside somebody else's. */
  readonly mode: 'gateway' | 'sidecar';
  /** `BLUETICK_API_KEY`; absent only where the host makes one up: simulator alone, on loopback. */
  readonly apiKey: string | undefined;
  /** `BLUETICK_POLICY`, read: what the file at that path holds. Default: an empty book. */
  readonly policyBook: unknown;
  /** `LOG_LEVEL`. Default `info`. */
  readonly logLevel: string;
  /** The `META_…` settings; absent: the channel is off. */
  readonly meta: MetaConfig | undefined;
  /** The `MicrosoftApp…` settings; absent: nobody who calls `/api/messages` is authenticated. */
  readonly microsoftApp: MicrosoftAppConfig | undefined;
}

/** The settings of the channel `meta`. */
export interface MetaConfig {
  readonly accessToken: string;
  readonly phoneNumberIds: readonly string[];
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  readonly graphUrl: string;
}

/** Who the bot is at Azure Bot Service. The settings have the names of the Bot Framework's own. */
export interface MicrosoftAppConfig {
  /** `MicrosoftAppType`. Default `MultiTenant`, the Bot Framework's. */
  readonly type: 'MultiTenant' | 'SingleTenant' | 'UserAssignedMSI';
  /** `MicrosoftAppId`: the id of the app registration, or of the managed identity. */
  readonly id: string;
  /** `MicrosoftAppPassword`. A bot of several tenants without it can only answer where `expectReplies` is asked. */
  readonly password: string | undefined;
  /** `MicrosoftAppTenantId`: needed for a single tenant and for a managed identity. */
  readonly tenantId: string | undefined;
}

const required = {
  meta: ['META_ACCESS_TOKEN', 'META_PHONE_NUMBER_ID', 'META_APP_SECRET', 'META_VERIFY_TOKEN'],
  MultiTenant: ['MicrosoftAppId'],
  SingleTenant: ['MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppTenantId'],
  UserAssignedMSI: ['MicrosoftAppId', 'MicrosoftAppTenantId'],
} as const;

/** Settings of what this version does not have: refused rather than silently left aside. */
const notYet = /^(ACS|TWILIO|WAWP|WAHA|RBM|GBM)_|^DATABASE_URL$/;

/** Blank counts as not set: that is how a container's environment unsets a name. */
const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess(value => (typeof value === 'string' ? value.trim() || undefined : value), type.optional());
const text = optional(z.string());
const url = optional(z.url({ protocol: /^https?$/ }));

const portAllowed = 'allowed: a number from 0 to 65535';

const settings = z.object({
  PORT: optional(
    z
      .string()
      .regex(/^\d{1,5}$/, portAllowed)
      .transform(Number)
      .refine(port => port <= 65535, portAllowed),
  ),
  HOST: text,
  PUBLIC_URL: url,
  BLUETICK_DATA: text,
  BLUETICK_MODE: optional(z.enum(['gateway', 'sidecar'])),
  BLUETICK_API_KEY: optional(z.string().min(16, 'allowed: 16 characters or more')),
  BLUETICK_POLICY: text,
  LOG_LEVEL: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])),
  META_ACCESS_TOKEN: text,
  META_PHONE_NUMBER_ID: text,
  META_APP_SECRET: text,
  META_VERIFY_TOKEN: text,
  META_GRAPH_URL: url,
  MicrosoftAppType: optional(z.enum(['MultiTenant', 'SingleTenant', 'UserAssignedMSI'])),
  MicrosoftAppId: text,
  MicrosoftAppPassword: text,
  MicrosoftAppTenantId: text,
});

/**
 * Reads the settings.
 *
 * @throws BluetickError `invalid_configuration` that names the setting at fault and what is allowed. It never holds
 *   the value: it may be a secret.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = settings.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = String(issue?.path[0] ?? '');
    throw misconfigured(field, `${field}: ${issue?.message}`);
  }
  const set = parsed.data;
  const unknown = Object.keys(env).find(name => notYet.test(name) && env[name] !== '');
  if (unknown !== undefined) {
    throw misconfigured(
      unknown,
      `${unknown}: this version has the channels meta and simulator, and the embedded store. Take the setting away.`,
    );
  }

  const meta = readMeta(env);
  const host = set.HOST ?? (meta === undefined ? '127.0.0.1' : '0.0.0.0');
  if (
    set.BLUETICK_API_KEY === undefined &&
    (meta !== undefined || !isLoopback(host.includes(':') ? `[${host}]` : host))
  ) {
    throw misconfigured(
      'BLUETICK_API_KEY',
      'BLUETICK_API_KEY: it must be set where a real channel is on or the host is not loopback. Allowed: 16 characters or more.',
    );
  }
  return {
    port: set.PORT ?? 3978,
    host,
    publicUrl: set.PUBLIC_URL?.replace(/\/+$/, ''),
    dataFolder: set.BLUETICK_DATA ?? './data',
    mode: set.BLUETICK_MODE ?? 'gateway',
    apiKey: set.BLUETICK_API_KEY,
    policyBook: set.BLUETICK_POLICY === undefined ? {} : readPolicyFile(set.BLUETICK_POLICY),
    logLevel: set.LOG_LEVEL ?? 'info',
    meta,
    microsoftApp: readMicrosoftApp(set),
  };
}

function readMeta(env: NodeJS.ProcessEnv): MetaConfig | undefined {
  const missing = required.meta.filter(name => list(env[name]).length === 0);
  if (missing.length === required.meta.length && (env.META_GRAPH_URL ?? '').trim() === '') return undefined;
  const [first] = missing;
  if (first !== undefined) {
    throw misconfigured(first, `The channel meta is half set. Missing: ${missing.join(', ')}.`);
  }
  return {
    accessToken: (env.META_ACCESS_TOKEN ?? '').trim(),
    phoneNumberIds: list(env.META_PHONE_NUMBER_ID),
    appSecrets: list(env.META_APP_SECRET),
    verifyToken: (env.META_VERIFY_TOKEN ?? '').trim(),
    graphUrl: (env.META_GRAPH_URL ?? '').trim() || 'https://graph.facebook.com/v25.0',
  };
}

function readMicrosoftApp(set: z.output<typeof settings>): MicrosoftAppConfig | undefined {
  const { MicrosoftAppType: type = 'MultiTenant', MicrosoftAppId: id } = set;
  const { MicrosoftAppPassword: password, MicrosoftAppTenantId: tenantId } = set;
  // A type of its own says nothing yet: it is the default, and templates have it.
  if (type === 'MultiTenant' && id === undefined && password === undefined && tenantId === undefined)
    return undefined;
  const missing = required[type].filter(name => set[name] === undefined);
  const [first] = missing;
  if (first !== undefined || id === undefined) {
    throw misconfigured(
      first ?? 'MicrosoftAppId',
      `The Bot Framework is half set: MicrosoftAppType ${type} needs more. Missing: ${missing.join(', ')}.`,
    );
  }
  if (type === 'UserAssignedMSI' && password !== undefined) {
    throw misconfigured(
      'MicrosoftAppPassword',
      'MicrosoftAppPassword: a managed identity (MicrosoftAppType UserAssignedMSI) has none. Take the setting away.',
    );
  }
  return { type, id, password, tenantId };
}

/** Comma-separated, as every setting that may hold several. */
function list(value = ''): readonly string[] {
  return value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

function readPolicyFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw misconfigured('BLUETICK_POLICY', `BLUETICK_POLICY: ${why}: ${path}`, error);
  }
}

function misconfigured(field: string, message: string, cause?: unknown): BluetickError {
  return new BluetickError('invalid_configuration', message, { field, cause });
}

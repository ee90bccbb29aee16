import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { z } from 'zod';
import { misconfigured, optional, text } from './fields.ts';

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
  /** Where tokens come from and are checked; no setting. Absent: Microsoft's public cloud. */
  readonly cloud?: CloudOptions;
}

/** Another cloud, in the words of botbuilder (4.23.3, `ConfigurationBotFrameworkAuthentication`): all of them, or none. */
export interface CloudOptions {
  readonly ToChannelFromBotLoginUrl: string;
  readonly ToChannelFromBotOAuthScope: string;
  readonly ToBotFromChannelTokenIssuer: string;
  readonly OAuthUrl: string;
  readonly ToBotFromChannelOpenIdMetadataUrl: string;
  readonly ToBotFromEmulatorOpenIdMetadataUrl: string;
  readonly CallerId: string;
  /** What gets the tokens that answers go out with. Default: by `MicrosoftAppPassword`, or as the managed identity. */
  readonly credentials?: NonNullable<
    ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]
  >;
}

/** The settings as the environment has them. */
export const microsoftAppSettings = z.object({
  MicrosoftAppType: optional(z.enum(['MultiTenant', 'SingleTenant', 'UserAssignedMSI'])),
  MicrosoftAppId: text,
  MicrosoftAppPassword: text,
  MicrosoftAppTenantId: text,
});

const required = {
  MultiTenant: ['MicrosoftAppId'],
  SingleTenant: ['MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppTenantId'],
  UserAssignedMSI: ['MicrosoftAppId', 'MicrosoftAppTenantId'],
} as const;

/**
 * Reads them; `undefined`: nobody who calls `/api/messages` is authenticated.
 *
 * @throws BluetickError `invalid_configuration` where they are half set
 */
export function readMicrosoftApp(set: z.output<typeof microsoftAppSettings>): MicrosoftAppConfig | undefined {
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

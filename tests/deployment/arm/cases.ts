import { azure } from './azure.ts';
import { type Json, type Kind, type Layout, readParameters } from './template.ts';

type Parameters = Readonly<Record<string, Json>>;

/** The number's registration at Azure Communication Services. Nobody's. */
export const channelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
/** For whom Event Grid's tokens are. */
export const webhookAudience = 'api://bluetick-webhook';

const subnet = (name: string) =>
  `/subscriptions/${azure.subscriptionId}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net/subnets/${name}`;

/** Ways to deploy, by what they are about: between them every branch of the templates is taken. */
export const cases: Readonly<Record<string, Readonly<Record<Kind, Parameters>>>> = {
  'first, without a number': { BotApp: {}, AzureBot: { subscribesToMessages: false } },
  'with a number': {
    BotApp: { acsChannelIds: channelId, webhookAudience, alertEmail: 'ops@contoso.example' },
    AzureBot: { webhookApplication: webhookAudience },
  },
  'with an app registration, a sign-in, a plan and networks that are there': {
    BotApp: {
      acsChannelIds: channelId,
      webhookAudience,
      appType: 'SingleTenant',
      appId: '33333333-3333-4333-8333-333333333333',
      consoleClientId: '44444444-4444-4444-8444-444444444444',
      existingAppServicePlanName: 'plan-of-all',
      appSubnetId: subnet('app'),
      databaseSubnetId: subnet('database'),
      databaseDnsZoneId: subnet('zone'),
      moreAppSettings: { LOG_LEVEL: 'debug' },
      deployMonitoring: false,
      alertEmail: 'ops@contoso.example',
    },
    AzureBot: {
      appType: 'SingleTenant',
      appId: '33333333-3333-4333-8333-333333333333',
      webhookApplication: webhookAudience,
    },
  },
};

/** The parameters of a case: the example's, with the case's over them. */
export function parametersOf(name: string, kind: Kind, layout: Layout): Parameters {
  return { ...readParameters(kind, layout), ...cases[name]?.[kind] };
}

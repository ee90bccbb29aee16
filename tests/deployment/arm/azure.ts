import { createHash } from 'node:crypto';
import type { Json } from './template.ts';

/** The subscription, the tenant and the group that templates are evaluated for. Nobody's. */
export const azure = {
  subscriptionId: '11111111-1111-4111-8111-111111111111',
  tenantId: '22222222-2222-4222-8222-222222222222',
  group: 'contoso-bluetick',
  location: 'westeurope',
} as const;

const groupId = (group: string) => `/subscriptions/${azure.subscriptionId}/resourceGroups/${group}`;

/** The id of a resource: its type's parts and its names, in turn. */
export function resourceIdOf(type: string, names: readonly string[], group: string = azure.group): string {
  const [namespace, ...kinds] = type.split('/');
  if (kinds.length !== names.length)
    throw new Error(`resourceId: ${type} has ${kinds.length} names, got ${names.length}`);
  return `${groupId(group)}/providers/${namespace}/${kinds.map((kind, at) => `${kind}/${names[at]}`).join('/')}`;
}

/** The id of a resource on another one, such as a role's assignment. */
export function extensionIdOf(scope: string, type: string, names: readonly string[]): string {
  return scope + resourceIdOf(type, names).slice(groupId(azure.group).length);
}

/** The id of a built-in role, and of what else belongs to a subscription. */
export function subscriptionIdOf(type: string, names: readonly string[]): string {
  return `/subscriptions/${azure.subscriptionId}${resourceIdOf(type, names).slice(groupId(azure.group).length)}`;
}

/** What stands in for Azure's hash: 13 letters and digits that depend on all that is given. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `a${hash.slice(0, 12)}`;
}

/**
 * What `reference()` answers for a resource that is there: of its documented properties those that our templates may use. The
 * names of hosts have the forms that Azure gives them, which cannot be made of the resource's name alone.
 *
 * @param full as its third argument `Full` asks for: the resource, not its properties alone
 * @throws Error for a type that is not known here
 */
export function referenceTo(id: string, full: boolean): Json {
  const [, type = '', name = ''] = /\/providers\/([^/]+\/[^/]+)\/([^/]+)$/.exec(id) ?? [];
  const guid = (what: string) => {
    const hash = createHash('sha256')
      .update(id + what)
      .digest('hex');
    return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  };
  const known: Readonly<Record<string, Json>> = {
    'Microsoft.ManagedIdentity/userAssignedIdentities': {
      clientId: guid('client'),
      principalId: guid('principal'),
      tenantId: azure.tenantId,
    },
    'Microsoft.DBforPostgreSQL/flexibleServers': {
      fullyQualifiedDomainName: `${name}.postgres.database.azure.com`,
    },
    'Microsoft.Communication/communicationServices': { hostName: `${name}.europe.communication.azure.com` },
    'Microsoft.Insights/components': {
      ConnectionString: `InstrumentationKey=${guid('key')};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/`,
    },
    'Microsoft.KeyVault/vaults': { vaultUri: `https://${name}.vault.azure.net/` },
    'Microsoft.EventGrid/systemTopics': {},
  };
  const properties = known[type];
  if (properties === undefined) throw new Error(`reference: what ${type} answers is not known here`);
  return full
    ? { properties, identity: { principalId: guid('principal'), tenantId: azure.tenantId } }
    : properties;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { receivedEvent, statusEvent } from '../support/acsEvents.ts';
import { secretNameOf, settingsIn } from './arm/appSettings.ts';
import { cases, parametersOf } from './arm/cases.ts';
import { type Deployed, deploy } from './arm/deploy.ts';
import { type Json, layouts, readTemplate, templatesFolder } from './arm/template.ts';

type Members = Record<string, Json>;

const madeBy = (kind: 'BotApp' | 'AzureBot', name: string) =>
  deploy(readTemplate(kind, 'with-rg'), parametersOf(name, kind, 'with-rg')).resources;
const ofType = (made: readonly Deployed[], type: string) => made.filter(one => one.type === type);
const properties = (made: readonly Deployed[], type: string) =>
  ofType(made, type)[0]?.resource.properties as Members;
const text = (value: Json | undefined) => JSON.stringify(value);

describe('what the templates make', () => {
  const app = madeBy('BotApp', 'with a number');
  const bot = madeBy('AzureBot', 'with a number');
  const subscription = properties(bot, 'Microsoft.EventGrid/systemTopics/eventSubscriptions');

  it('gives each one the roles that it needs, on one resource, and no more', () => {
    const roles = ofType(app, 'Microsoft.Authorization/roleAssignments').map(({ resource }) => {
      const { roleDefinitionId, principalType } = resource.properties as Members;
      const [, on] = /\/providers\/([^/]+\/[^/]+)\/[^/]+$/.exec(String(resource.scope)) ?? [];
      return `${String(roleDefinitionId).split('/').at(-1)} on ${on} for a ${principalType}`;
    });
    assert.deepEqual(roles.toSorted(), [
      // Communication and Email Service Owner
      '09976791-48a7-449e-bb21-39d1a415f350 on Microsoft.Communication/communicationServices for a ServicePrincipal',
      // Key Vault Secrets User
      '4633458b-17de-408a-874b-0445c86b69e6 on Microsoft.KeyVault/vaults for a ServicePrincipal',
      // Key Vault Secrets Officer: the operator
      'b86a8fe4-44ce-4948-aee5-eccb2c155cd7 on Microsoft.KeyVault/vaults for a User',
      // Storage Blob Data Contributor: the topic
      'ba92f5b4-2d11-453d-a403-e96b0029c9fe on Microsoft.Storage/storageAccounts for a ServicePrincipal',
    ]);
  });

  it('shuts what is not used: keys, passwords, plain HTTP, FTP and public files', () => {
    const site = properties(app, 'Microsoft.Web/sites');
    assert.equal(site.httpsOnly, true);
    assert.equal((site.siteConfig as Members).ftpsState, 'Disabled');
    assert.equal((site.siteConfig as Members).linuxFxVersion, 'NODE|24-lts');
    const publishing = ofType(app, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    assert.deepEqual(
      publishing.map(({ resource }) => text(resource.properties)),
      ['{"allow":false}', '{"allow":false}'],
    );
    assert.equal(properties(app, 'Microsoft.Communication/communicationServices').disableLocalAuth, true);
    const { authConfig } = properties(app, 'Microsoft.DBforPostgreSQL/flexibleServers');
    assert.equal((authConfig as Members).passwordAuth, 'Disabled');
    assert.equal((authConfig as Members).activeDirectoryAuth, 'Enabled');
    const storage = properties(app, 'Microsoft.Storage/storageAccounts');
    assert.deepEqual([storage.allowBlobPublicAccess, storage.allowSharedKeyAccess], [false, false]);
    assert.equal(properties(app, 'Microsoft.KeyVault/vaults').enableRbacAuthorization, true);
  });

  it('subscribes to both events of Advanced Messaging, of the resource that the host calls', () => {
    const { includedEventTypes } = subscription.filter as Members;
    const data = { from: '4915550200001', to: 'x', messageId: 'm', status: 'read' };
    assert.deepEqual(includedEventTypes, [receivedEvent(data).type, statusEvent(data).type]);
    const topic = properties(app, 'Microsoft.EventGrid/systemTopics');
    const [resource] = ofType(app, 'Microsoft.Communication/communicationServices');
    assert.equal(topic.source, resource?.id);
  });

  it('tries again for as long as a repeat is known, and keeps what was not delivered for no longer', () => {
    const dedupeDays = 8;
    const { maxDeliveryAttempts, eventTimeToLiveInMinutes } = subscription.retryPolicy as Record<
      string,
      number
    >;
    assert.deepEqual([maxDeliveryAttempts, eventTimeToLiveInMinutes], [30, 1440]);
    const [, days] = /"daysAfterCreationGreaterThan":(\d+)/.exec(
      text(properties(app, 'Microsoft.Storage/storageAccounts/managementPolicies')),
    ) ?? ['', ''];
    assert.ok(Number(days) + 1440 / 60 / 24 <= dedupeDays, `${days} days`);
    const letters = subscription.deadLetterWithResourceIdentity as Members;
    const to = (letters.deadLetterDestination as Members).properties as Members;
    const [account] = ofType(app, 'Microsoft.Storage/storageAccounts');
    const [container] = ofType(app, 'Microsoft.Storage/storageAccounts/blobServices/containers');
    assert.equal(to.resourceId, account?.id);
    assert.equal(`${account?.name}/default/${to.blobContainerName}`, container?.name);
    const [topic] = ofType(app, 'Microsoft.EventGrid/systemTopics');
    assert.deepEqual(
      [letters.identity, topic?.resource.identity],
      [{ type: 'SystemAssigned' }, { type: 'SystemAssigned' }],
    );
  });

  it('scales a plan of its own, and leaves one that was there', () => {
    const { targetResourceUri } = properties(app, 'Microsoft.Insights/autoscalesettings');
    assert.equal(targetResourceUri, ofType(app, 'Microsoft.Web/serverfarms')[0]?.id);
    const other = madeBy('BotApp', Object.keys(cases)[2] ?? '');
    assert.deepEqual(ofType(other, 'Microsoft.Insights/autoscalesettings'), []);
    assert.match(
      String(properties(other, 'Microsoft.Web/sites').serverFarmId),
      /\/serverfarms\/plan-of-all$/,
    );
  });

  it('hides the database where it is given a network', () => {
    const other = madeBy('BotApp', Object.keys(cases)[2] ?? '');
    assert.deepEqual(ofType(other, 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules'), []);
    const { network } = properties(other, 'Microsoft.DBforPostgreSQL/flexibleServers');
    assert.deepEqual(Object.keys(network as Members), [
      'delegatedSubnetResourceId',
      'privateDnsZoneArmResourceId',
    ]);
  });

  it('is told in the readmes: every output is used, every secret is named', () => {
    const readme = readFileSync(join(templatesFolder, 'README.md'), 'utf8');
    const outputs = Object.keys(readTemplate('BotApp', 'with-rg').outputs ?? {});
    for (const folder of Object.values(layouts)) {
      const own = readFileSync(join(templatesFolder, folder, 'readme.md'), 'utf8');
      const taken = [...own.matchAll(/(\w+)=\$\(output (\w+)\)/g)];
      assert.deepEqual(taken.map(([, , name]) => name).toSorted(), outputs.toSorted());
      for (const [, variable] of taken)
        assert.ok(readme.includes(`$${variable}`), `${folder}: nothing uses ${variable}`);
      for (const [name] of own.matchAll(/[\w-]+\.json/g)) readFileSync(join(templatesFolder, folder, name));
    }
    const secrets = Object.keys(cases).flatMap(name => Object.values(settingsIn(name)).map(secretNameOf));
    for (const name of new Set(secrets))
      if (name !== undefined) assert.ok(readme.includes(`| \`${name}\` |`), name);
  });
});

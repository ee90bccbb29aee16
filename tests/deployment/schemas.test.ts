import assert from 'node:assert/strict';
import { need } from '../support/needs.ts';
import { cases, parametersOf } from './arm/cases.ts';
import { deploy } from './arm/deploy.ts';
import { loadSchemas, type Schemas } from './arm/schemas.ts';
import {
  type Json,
  kinds,
  type Layout,
  layouts,
  type Resource,
  readTemplate,
  type Template,
} from './arm/template.ts';

type Members = Record<string, Json>;

describe('the templates, by the schemas of the Azure Resource Manager', () => {
  let schemas: Schemas;
  before(function () {
    schemas = need(this, loadSchemas(), 'shared/schemas/arm, Azure’s schemas');
  });

  /** A template, and those within it. */
  function* allOf(template: Template): Generator<Template> {
    yield template;
    for (const { properties } of template.resources) {
      const { template: inner } = (properties ?? {}) as { template?: Json };
      if (inner !== undefined) yield* allOf(inner as unknown as Template);
    }
  }
  /** Of the template as it stands, and of its resources as Azure would get them. */
  const faultsOf = (template: Template, given: Readonly<Record<string, Json>>) => [
    ...[...allOf(template)].flatMap(each => schemas.faultsOfTemplate(each)),
    ...deploy(template, given).resources.flatMap(({ resource }) =>
      schemas.faultsOfResource(resource as Resource),
    ),
  ];

  for (const layout of Object.keys(layouts) as Layout[])
    for (const kind of kinds)
      for (const name of Object.keys(cases))
        it(`${kind}, ${layout}, ${name}: is valid, without a property that nobody knows`, () => {
          assert.deepEqual(faultsOf(readTemplate(kind, layout), parametersOf(name, kind, layout)), []);
        });

  /** The faults of a template with a change in its first resource of a type. */
  const faultsAfter = (type: string, change: (resource: Members, properties: Members) => void) => {
    const kind = /BotService|eventSubscriptions/.test(type) ? 'AzureBot' : 'BotApp';
    const template = structuredClone(readTemplate(kind, 'with-rg'));
    const resource = template.resources.find(one => one.type === type) as unknown as Members;
    change(resource, resource.properties as Members);
    return faultsOf(template, parametersOf('with a number', kind, 'with-rg'));
  };

  const planted: readonly [what: string, faults: () => readonly string[], fault: RegExp][] = [
    [
      'a misspelt property',
      () =>
        faultsAfter('Microsoft.Web/sites', (_site, properties) => {
          properties.httpOnly = true;
        }),
      /httpOnly/,
    ],
    [
      'a misspelt property further down',
      () =>
        faultsAfter('Microsoft.Web/sites', (_site, { siteConfig }) => {
          (siteConfig as Members).healthcheckPath = '/readyz';
        }),
      /healthcheckPath/,
    ],
    [
      'a misspelt property under a choice of types',
      () =>
        faultsAfter('Microsoft.EventGrid/systemTopics/eventSubscriptions', (_one, { destination }) => {
          ((destination as Members).properties as Members).azureActiveDirectoryTenant = 'x';
        }),
      /azureActiveDirectoryTenant/,
    ],
    [
      'a misspelt property of the resource itself',
      () =>
        faultsAfter('Microsoft.KeyVault/vaults', vault => {
          vault.dependson = [];
        }),
      /dependson/,
    ],
    [
      'a value that is not allowed',
      () =>
        faultsAfter('Microsoft.DBforPostgreSQL/flexibleServers', (_server, { authConfig }) => {
          (authConfig as Members).passwordAuth = 'Off';
        }),
      /flexibleServers\/properties/,
    ],
    [
      'a value that is not allowed and comes from an expression',
      () =>
        faultsAfter('Microsoft.DBforPostgreSQL/flexibleServers', (_server, { authConfig }) => {
          (authConfig as Members).passwordAuth = "[concat('O', 'ff')]";
        }),
      /flexibleServers\/properties/,
    ],
    [
      'a required property that is missing',
      () =>
        faultsAfter('Microsoft.BotService/botServices', (_bot, properties) => {
          delete properties.endpoint;
        }),
      /botServices\/properties: must have required property 'endpoint'/,
    ],
    [
      'a version that no schema has',
      () =>
        faultsAfter('Microsoft.KeyVault/vaults', vault => {
          vault.apiVersion = '2016-10-01';
        }),
      /no schema of version 2016-10-01/,
    ],
    [
      'a misspelt property of a type whose schema is ours',
      () =>
        faultsAfter('Microsoft.Storage/storageAccounts', (_account, properties) => {
          properties.allowSharedKeysAccess = false;
        }),
      /allowSharedKeysAccess/,
    ],
    [
      'a misspelt member of the template',
      () => {
        const template = { ...readTemplate('BotApp', 'with-rg'), output: {} } as unknown as Template;
        return faultsOf(template, parametersOf('with a number', 'BotApp', 'with-rg'));
      },
      /output/,
    ],
  ];
  for (const [what, faults, fault] of planted)
    it(`finds ${what}`, () => assert.match(faults().join('\n'), fault));
});

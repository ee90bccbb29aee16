import assert from 'node:assert/strict';
import { cases, parametersOf } from './arm/cases.ts';
import { deploy } from './arm/deploy.ts';
import { faultsOfIds, faultsOfNames } from './arm/references.ts';
import { type Json, kinds, type Layout, layouts, readTemplate, type Template } from './arm/template.ts';

/** A resource that is not the templates': the plan that is there already. */
const existing = (name: string) => deployed('BotApp', name).left;

function deployed(kind: 'BotApp' | 'AzureBot', name: string, layout: Layout = 'with-rg') {
  return deploy(readTemplate(kind, layout), parametersOf(name, kind, layout));
}

describe('what the templates refer to', () => {
  for (const layout of Object.keys(layouts) as Layout[])
    for (const kind of kinds) {
      it(`${kind}, ${layout}: every name is there, and every one is used`, () => {
        assert.deepEqual(faultsOfNames(readTemplate(kind, layout)), []);
      });

      for (const name of Object.keys(cases))
        it(`${kind}, ${layout}, ${name}: every resource that is named is made, and waited for where it is asked`, () => {
          const before = kind === 'BotApp' ? [] : deployed('BotApp', name).resources.map(({ id }) => id);
          const own = deployed(kind, name, layout);
          assert.deepEqual(faultsOfIds(own, [...before, ...existing(name)]), []);
        });
    }

  /** The faults of the template with some of its texts replaced. */
  const faultsWith = (from: string, to: string, kind: 'BotApp' | 'AzureBot' = 'BotApp') => {
    const text = JSON.stringify(readTemplate(kind, 'with-rg'));
    assert.ok(text.includes(from), from);
    const template = JSON.parse(text.replace(from, to)) as Template;
    const names = faultsOfNames(template);
    if (names.length > 0) return names;
    const before = kind === 'BotApp' ? [] : deployed('BotApp', 'with a number').resources.map(({ id }) => id);
    return faultsOfIds(deploy(template, parametersOf('with a number', kind, 'with-rg')), before);
  };

  const planted: readonly [what: string, faults: () => readonly string[], fault: RegExp][] = [
    [
      'a parameter that is not there',
      () => faultsWith("parameters('acsDataLocation')", "parameters('acsDatalocation')"),
      /there is no parameters\('acsDatalocation'\)/,
    ],
    [
      'a variable that is not there',
      () => faultsWith("[variables('topicName')]", "[variables('topic')]"),
      /there is no variables\('topic'\)/,
    ],
    [
      'a parameter that nothing uses',
      () => faultsWith("[parameters('acsDataLocation')]", 'Europe'),
      /nothing uses parameters\('acsDataLocation'\)/,
    ],
    [
      'a variable that nothing uses',
      () => faultsWith('"topicName":', '"other":"", "topicName":'),
      /nothing uses variables\('other'\)/,
    ],
    [
      'a reference() in a variable',
      () =>
        faultsWith(
          '"secret":"[concat(',
          "\"secret\":\"[concat(reference(variables('vaultId'), '2026-02-01').vaultUri, ",
        ),
      /variables\/secret: reference\(\) may stand/,
    ],
    [
      'an id of a resource that nothing makes',
      () =>
        faultsWith(
          "Microsoft.OperationalInsights/workspaces', variables",
          "Microsoft.OperationalInsights/workspace', variables",
        ),
      /nothing makes .*workspace\//,
    ],
    [
      'a dependsOn that names nothing',
      () =>
        faultsWith(
          '"dependsOn":["[variables(\'acsId\')]"],"properties":{"source"',
          '"dependsOn":["acs"],"properties":{"source"',
        ),
      /waits for acs, which is not made here/,
    ],
    [
      'a reference() whose resource is not waited for',
      () => faultsWith('"[variables(\'insightsId\')]",', ''),
      /asks .*components\/.*, and does not wait for it/,
    ],
    [
      'a reference to what the other template does not make',
      () => faultsWith("concat('dl', ", "concat('dead', ", 'AzureBot'),
      /nothing makes .*storageAccounts\/dead/,
    ],
  ];
  for (const [what, faults, fault] of planted)
    it(`finds ${what}`, () => assert.match(faults().join('\n'), fault));

  it('finds a property that a resource does not answer', () => {
    const text = JSON.stringify(readTemplate('BotApp', 'with-rg')).replaceAll(
      'fullyQualifiedDomainName',
      'fqdn',
    );
    const parameters = parametersOf('with a number', 'BotApp', 'with-rg');
    assert.throws(() => deploy(JSON.parse(text) as Template, parameters), /there is no fqdn/);
  });

  it('names the same things alike in both templates', () => {
    const [app, bot] = kinds.map(kind => readTemplate(kind, 'with-rg'));
    const common = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) =>
      Object.keys(one).filter(name => Object.hasOwn(other, name));
    const [variables, others] = [app?.variables ?? {}, bot?.variables ?? {}];
    for (const name of common(variables, others)) assert.deepEqual(others[name], variables[name], name);
    const [declared, again] = [app?.parameters ?? {}, bot?.parameters ?? {}];
    const shared = common(declared, again);
    assert.ok(shared.includes('appServiceName'));
    for (const name of shared) {
      const { metadata: _one, ...is } = again[name] as unknown as Record<string, Json>;
      const { metadata: _other, ...wanted } = declared[name] as unknown as Record<string, Json>;
      if (name !== 'UMSIName') assert.deepEqual(is, wanted, name);
      else assert.equal(is.defaultValue, wanted.defaultValue);
    }
  });
});

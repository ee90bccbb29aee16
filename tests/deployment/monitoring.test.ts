import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameInPrometheus } from '../../bot/telemetry/exposition.ts';
import { attribute } from '../../middleware/telemetry/attributes.ts';
import { instruments } from '../../middleware/telemetry/instruments.ts';
import { operations } from '../../middleware/telemetry/tracing.ts';
import { fillMonitoring } from '../checks/fillMonitoring.ts';
import { need } from '../support/needs.ts';
import { parametersOf } from './arm/cases.ts';
import { deploy } from './arm/deploy.ts';
import { loadSchemas } from './arm/schemas.ts';
import {
  type Json,
  readJson,
  readTemplate,
  type Template,
  templatePath,
  templatesFolder,
  textsOf,
} from './arm/template.ts';

/** A rule, of which the template makes one resource. */
type Alert = { readonly name: string; readonly query: string };

const docs = (name: string) => readFileSync(join(templatesFolder, '..', 'docs', name), 'utf8');

const templates = new Map(
  ['workbook.json', 'template-Alerts.json'].map(name => [
    name,
    readJson(join('monitoring', name)) as Template & {
      readonly variables: { readonly alerts?: readonly Alert[] };
    },
  ]),
);
const texts = [...templates.values()].flatMap(template => [...textsOf(template as never)]);
const queries = texts.filter(({ path }) => /\bquery$/.test(path) && !path.includes('criteria'));

const metrics = Object.values(instruments);
const alerts = templates.get('template-Alerts.json')?.variables.alerts ?? [];

describe('the workbook and the alert rules', () => {
  it('ask for metrics that there are, and the workbook for every one', () => {
    const asked = queries.flatMap(({ text }) =>
      [...text.matchAll(/\bname (?:==|in) \(?((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, names = '']) =>
        [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => String(name)),
      ),
    );
    assert.ok(queries.length > 20);
    assert.deepEqual([...new Set(asked)].sort(), metrics.map(({ name }): string => name).sort());
  });

  it('ask for attributes that the metric has', () => {
    const known: readonly string[] = Object.values(attribute);
    for (const { text } of queries) {
      const keys = [...text.matchAll(/customDimensions\["([^"]+)"\]/g)].map(([, key]) => String(key));
      const of = metrics.filter(({ name }) => text.includes(`"${name}"`));
      const allowed = of.length === 0 ? known : of.flatMap(({ attributes }): readonly string[] => attributes);
      assert.deepEqual(
        keys.filter(key => !allowed.includes(key)),
        [],
        text,
      );
    }
  });

  it('compare with words that there are', () => {
    const described = metrics.map(({ description }) => description).join(' ');
    const reasons = readFileSync(
      join(templatesFolder, '..', 'middleware', 'receipts', 'callGate.ts'),
      'utf8',
    );
    for (const { text } of queries) {
      for (const [, key, values = ''] of text.matchAll(
        /\["([\w.]+)"\]\) (?:==|in) \(?((?:"[^"]+"(?:, )?)+)/g,
      ))
        for (const [, value = ''] of values.matchAll(/"([^"]+)"/g))
          assert.ok(
            key === attribute.error ? reasons.includes(`'${value}'`) : described.includes(value),
            value,
          );
      for (const [, values = ''] of text.matchAll(/operation in \(([^)]+)\)/g))
        for (const [, value = ''] of values.matchAll(/"([^"]+)"/g)) assert.ok(value in operations, value);
    }
  });

  it('each lead to what to do', () => {
    const headings = [...docs('operations.md').matchAll(/^## `([\w-]+)`$/gm)].map(([, name]) => name);
    assert.deepEqual(
      headings,
      alerts.map(({ name }) => name),
    );
  });

  it('use every parameter, and none that is missing', () => {
    for (const [name, template] of templates) {
      const used = [...textsOf(template as never)].flatMap(({ text }) =>
        [...text.matchAll(/parameters\('(\w+)'\)/g)].map(([, parameter]) => parameter),
      );
      assert.deepEqual([...new Set(used)].sort(), Object.keys(template.parameters ?? {}).sort(), name);
    }
  });

  it('are templates by Azure’s schema', function () {
    const schemas = need(this, loadSchemas(), 'shared/schemas/arm, Azure’s schemas');
    for (const template of templates.values()) assert.deepEqual(schemas.faultsOfTemplate(template), []);
  });
});

describe('the template of the host', () => {
  const madeWith = (given: Readonly<Record<string, Json>>) => {
    const parameters = { ...parametersOf('first, without a number', 'BotApp', 'with-rg'), ...given };
    const { resources } = deploy(readTemplate('BotApp', 'with-rg'), parameters);
    const of = (type: string) => resources.filter(one => one.type === `Microsoft.Insights/${type}`);
    return { rules: of('scheduledQueryRules'), workbooks: of('workbooks'), groups: of('actionGroups') };
  };

  it('holds the workbook and the alert rules as their files are now (node tests/checks/writeTemplates.ts)', () => {
    const text = readFileSync(join(templatesFolder, templatePath('BotApp', 'with-rg')), 'utf8');
    assert.deepEqual(JSON.parse(fillMonitoring(text)), JSON.parse(text));
  });

  it('names the rules of each host for itself: another one in the group replaces none', () => {
    const namesOf = (appServiceName: string) => madeWith({ appServiceName }).rules.map(({ name }) => name);
    const [one, other] = [namesOf('contoso-one'), namesOf('contoso-other')];
    assert.equal(new Set([...one, ...other]).size, 2 * alerts.length);
  });

  it('deploys them with the host; nobody is told where no mail address is given', () => {
    const { rules, workbooks, groups } = madeWith({});
    assert.deepEqual(
      rules.map(({ name }) => name),
      alerts.map(({ name }) => `contoso-bluetick-insights-${name}`),
    );
    assert.equal(workbooks.length, 1);
    assert.deepEqual(groups, []);
    for (const { resource } of rules)
      assert.deepEqual((resource.properties as { actions: Json }).actions, { actionGroups: [] });
  });

  it('has every rule tell the mail address that is given', () => {
    const { rules, groups } = madeWith({ alertEmail: 'ops@contoso.example' });
    const [group] = groups;
    assert.deepEqual(
      [...textsOf(group?.resource.properties)].filter(({ path }) => path.endsWith('/emailAddress')).at(-1)
        ?.text,
      'ops@contoso.example',
    );
    for (const { resource } of rules)
      assert.deepEqual((resource.properties as { actions: Json }).actions, { actionGroups: [group?.id] });
  });

  it('leaves them, and the mail address, where they are not wanted', () => {
    const made = madeWith({ deployMonitoring: false, alertEmail: 'ops@contoso.example' });
    assert.deepEqual(made, { rules: [], workbooks: [], groups: [] });
  });
});

describe('docs/telemetry.md', () => {
  it('has every metric with its unit, its attributes and its name in Prometheus, and no other', () => {
    const rows = [
      ...docs('telemetry.md').matchAll(/^\| `([\w.]+)` \| `(\w+)` \| (\w+) \| (\S+) \| (.*?) \|/gm),
    ];
    assert.deepEqual(
      rows.map(([, name, inPrometheus, kind, unit, attributes]) => [
        name,
        inPrometheus,
        kind,
        unit,
        attributes,
      ]),
      metrics.map(metric => [
        metric.name,
        nameInPrometheus(metric),
        metric.kind,
        metric.unit,
        metric.attributes.map(name => `\`${name}\``).join(', ') || '–',
      ]),
    );
  });

  it('explains every attribute', () => {
    const text = docs('telemetry.md');
    for (const name of Object.values(attribute)) assert.ok(text.includes(`| \`${name}\` |`), name);
  });
});

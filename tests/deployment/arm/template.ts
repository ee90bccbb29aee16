import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the templates are. */
export const templatesFolder = join(import.meta.dirname, '..', '..', '..', 'deploymentTemplates');

/** What JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A parameter as a template declares it. */
export interface Parameter {
  readonly type: string;
  readonly defaultValue?: Json;
  readonly allowedValues?: readonly Json[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly metadata?: { readonly description: string };
}

/** A resource as a template declares it: its texts may be expressions. */
export interface Resource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly condition?: Json;
  readonly scope?: string;
  readonly resourceGroup?: string;
  readonly dependsOn?: readonly string[];
  readonly properties?: Json;
  readonly [name: string]: Json | undefined;
}

/** A template of the Azure Resource Manager, as far as ours go. */
export interface Template {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly metadata: { readonly description: string };
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly variables?: Readonly<Record<string, Json>>;
  readonly resources: readonly Resource[];
  readonly outputs?: Readonly<Record<string, { readonly type: string; readonly value: Json }>>;
}

/** The two templates of a layout, in the order in which they are deployed. */
export const kinds = ['BotApp', 'AzureBot'] as const;
export type Kind = (typeof kinds)[number];

/** The two layouts that Bot Framework developers know, with how their files are named. */
export const layouts = {
  'with-rg': 'deployUseExistResourceGroup',
  'new-rg': 'deployWithNewResourceGroup',
} as const;
export type Layout = keyof typeof layouts;

/** The path of a template, from the folder of all. */
export function templatePath(kind: Kind, layout: Layout): string {
  return join(layouts[layout], `template-${kind}-${layout}.json`);
}

/** The path of the example of a template's parameters. */
export function parametersPath(kind: Kind, layout: Layout): string {
  return join(layouts[layout], `parameters-for-template-${kind}-${layout}.json`);
}

/** Reads a template. */
export function readTemplate(kind: Kind, layout: Layout): Template {
  return readJson(templatePath(kind, layout)) as Template;
}

/** Reads the example of a template's parameters. */
export function readParameters(kind: Kind, layout: Layout): Record<string, Json> {
  const { parameters } = readJson(parametersPath(kind, layout)) as {
    parameters: Record<string, { value: Json }>;
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value]));
}

/** Reads a JSON file of the templates' folder. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(templatesFolder, path), 'utf8'));
}

/** Every text in a value, names of members too, with where it stands. */
export function* textsOf(value: Json | undefined, path = ''): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}/${name}`;
    yield { path: at, text: name };
    yield* textsOf(member, at);
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js';
import { ownSchemas } from './ownSchemas.ts';
import type { Json, Resource, Template } from './template.ts';

/** Azure's own schemas lie beside the project where it is made: see `.ci/run`. */
const folder = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'schemas', 'arm');

type Schema = Record<string, Json>;

/** What is wrong with templates by the schemas. */
export interface Schemas {
  /** Of a template, without what is within its resources: the faults, none where it is right. */
  faultsOfTemplate(template: Template): readonly string[];
  /** Of a resource. One of a type or a version that no schema has is at fault, too. */
  faultsOfResource(resource: Resource): readonly string[];
}

/**
 * Loads Azure's schemas and those of ours; `undefined` where Azure's are not there. They refer to one another by address, so all
 * are loaded; only what is used is compiled.
 *
 * Azure's schemas let any property pass, so that a misspelt one is none to them. Here they are closed: an object may have what
 * its schema names, and a resource also what every resource may have.
 */
export function loadSchemas(): Schemas | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).map(
    name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Schema,
  );
  // They are of draft 4, of which 2019-09 has all that they use, under other names.
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  const places = new Map<string, string>();
  for (const { id, $schema: _draft, ...schema } of [...files, ...(ownSchemas as Schema[])]) {
    const address = String(id).replace(/#$/, '');
    const definitions = (schema.resourceDefinitions ?? {}) as Record<string, Schema>;
    for (const [name, definition] of Object.entries(definitions)) {
      const { type, apiVersion } = definition.properties as Record<string, { enum: string[] }>;
      places.set(`${type?.enum[0]}@${apiVersion?.enum[0]}`, `${address}#/resourceDefinitions/${name}`);
      definitions[name] = withBase(definition);
    }
    const isTemplate = address.endsWith('deploymentTemplate.json');
    ajv.addSchema({ $id: address, ...(isTemplate ? withoutResources(schema) : (closed(schema) as Schema)) });
  }
  const compiled = new Map<string, ValidateFunction>();
  const check = (ref: string, value: unknown, of: string): readonly string[] => {
    const validate = compiled.get(ref) ?? ajv.compile({ $ref: ref });
    compiled.set(ref, validate);
    if (validate(value)) return [];
    // Where there is a choice, each alternative complains.
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const name = params.unevaluatedProperty ?? params.additionalProperty;
      return `${of}${instancePath}: ${message}${name === undefined ? '' : `: ${name}`}`;
    });
  };
  return {
    faultsOfTemplate: template =>
      check(
        'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json',
        template,
        'template',
      ),
    faultsOfResource(resource) {
      const place = places.get(`${resource.type}@${resource.apiVersion}`);
      if (place === undefined) return [`${resource.type}: no schema of version ${resource.apiVersion}`];
      const faults = check(place, resource, resource.type);
      if (faults.length === 0) return faults;
      // Of a resource within another one some schemas mean the whole name, `server/database`, others its own part.
      const own = { ...resource, name: resource.name.split('/').at(-1) };
      const others = check(place, own, resource.type);
      return others.length < faults.length ? others : faults;
    },
  };
}

/** What every resource may have, beside what its own schema names. */
const base: Schema = {
  comments: { type: 'string' },
  condition: {},
  copy: { type: 'object' },
  dependsOn: { type: 'array', items: { type: 'string' }, uniqueItems: true },
  scope: { type: 'string' },
};

function withBase(definition: Schema): Schema {
  const { properties = {}, ...rest } = definition;
  return { ...rest, properties: { ...(properties as Schema), ...base } };
}

/** Our resources have schemas of their own, and not all that a template may hold are here. */
function withoutResources(schema: Schema): Schema {
  const definitions = { ...(schema.definitions as Schema), resource: { type: 'object' } };
  return { ...schema, definitions };
}

/** @param isPart whether it stands for a part of an object of which the whole is closed */
function closed(schema: Json, isPart = false): Json {
  if (Array.isArray(schema)) return schema.map(item => closed(item, isPart));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties } = schema as { properties?: Schema };
  const names = Object.keys(properties ?? {});
  const members = Object.entries(schema as Schema).map(([name, value]) => {
    if (name === 'properties' || name === 'definitions' || name === 'resourceDefinitions')
      return [
        name,
        Object.fromEntries(Object.entries(value as Schema).map(([key, of]) => [key, closed(of)])),
      ];
    const holdsParts = ['oneOf', 'anyOf', 'allOf'].includes(name);
    return [name, closed(value, holdsParts && (isPart || names.length > 0))];
  });
  const isOpen = names.length === 0 || isPart || Object.hasOwn(schema, 'additionalProperties');
  return { ...Object.fromEntries(members), ...(!isOpen && { unevaluatedProperties: false }) };
}

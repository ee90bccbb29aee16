import { extensionIdOf, referenceTo, resourceIdOf, subscriptionIdOf } from './azure.ts';
import { evaluate, type Scope } from './evaluate.ts';
import type { Json, Parameter, Resource, Template } from './template.ts';

/** A resource as Azure would get it. */
export interface Deployed {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** The ids that it asks by `reference()`. */
  readonly refers: readonly string[];
  readonly resource: Readonly<Record<string, Json>>;
}

/** What a template makes, with parameters. */
export interface Deployment {
  /** Those whose condition holds. */
  readonly resources: readonly Deployed[];
  /** The ids of those whose condition does not. */
  readonly left: readonly string[];
  readonly outputs: Readonly<Record<string, Json>>;
}

/**
 * Evaluates a template as a deployment does, down into a template within it.
 *
 * @param given the parameters; the others have their defaults
 * @throws Error for a parameter that is missing, unknown or not allowed, and as `evaluate` does
 */
export function deploy(template: Template, given: Readonly<Record<string, Json>>): Deployment {
  const level = template.$schema.includes('subscriptionDeploymentTemplate') ? 'subscription' : 'group';
  const inner = new Map<string, Deployment>();
  const refers = new Set<string>();
  const templateScope = scopeOf(template, given, level, (id, full) => {
    refers.add(id);
    const made = inner.get(id);
    if (made === undefined) return referenceTo(id, full);
    const outputs = Object.entries(made.outputs).map(([name, value]) => [name, { value }]);
    return { outputs: Object.fromEntries(outputs) };
  });
  const resources: Deployed[] = [];
  const left: string[] = [];
  for (const { declared, scope } of template.resources.flatMap(one => copiesOf(one, templateScope))) {
    refers.clear();
    const { template: within, ...outside } = (declared.properties ?? {}) as Record<string, Json>;
    const isNested = declared.type === 'Microsoft.Resources/deployments';
    const resource = evaluate(
      (isNested ? { ...declared, properties: outside } : declared) as Json,
      scope,
    ) as unknown as Resource & Record<string, Json>;
    const id = idOf(resource);
    if (resource.condition === false) {
      left.push(id);
      continue;
    }
    const { type, name, dependsOn = [] } = resource;
    resources.push({
      id,
      type,
      name,
      dependsOn,
      refers: [...refers],
      resource: withoutNull(resource) as Resource & Record<string, Json>,
    });
    if (!isNested) continue;
    const passed = (resource.properties as { parameters: Record<string, { value: Json }> }).parameters;
    const values = Object.entries(passed).map(([name, { value }]) => [name, value]);
    const made = deploy(within as unknown as Template, Object.fromEntries(values));
    inner.set(id, made);
    resources.push(...made.resources);
    left.push(...made.left);
  }
  const outputs = Object.entries(template.outputs ?? {}).map(([name, { value }]) => [
    name,
    evaluate(value, templateScope),
  ]);
  return { resources, left, outputs: Object.fromEntries(outputs) };
}

/** A resource as often as its `copy` says, else once, each with the scope that knows which it is. */
function copiesOf(resource: Resource, scope: Scope): { declared: Resource; scope: Scope }[] {
  const { copy, ...declared } = resource;
  if (copy === undefined) return [{ declared: resource, scope }];
  const { count } = evaluate(copy, scope) as { count: number };
  return Array.from({ length: count }, (_, copyIndex) => ({
    declared: declared as Resource,
    scope: { ...scope, copyIndex },
  }));
}

function scopeOf(
  { parameters, variables = {} }: Template,
  given: Readonly<Record<string, Json>>,
  level: 'group' | 'subscription',
  reference: NonNullable<Scope['reference']>,
): Scope {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(parameters, name)) throw new Error(`there is no parameter ${name}`);
  const scope: Scope = {
    level,
    reference,
    parameter(name) {
      const declared = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
      if (declared === undefined) throw new Error(`there is no parameter ${name}`);
      const value = given[name] ?? declared.defaultValue;
      if (value === undefined) throw new Error(`the parameter ${name} is missing`);
      return checked(name, declared, evaluate(value, scope));
    },
    variable(name) {
      if (!Object.hasOwn(variables, name)) throw new Error(`there is no variable ${name}`);
      return evaluate(variables[name] ?? null, scope);
    },
  };
  return scope;
}

const jsonTypes: Readonly<Record<string, string>> = { string: 'string', int: 'number', bool: 'boolean' };

function checked(name: string, declared: Parameter, value: Json): Json {
  const { type, allowedValues, minLength = 0, maxLength = 1000, minValue, maxValue } = declared;
  const isType = typeof value === (jsonTypes[type] ?? 'object');
  const isLong = typeof value !== 'string' || (value.length >= minLength && value.length <= maxLength);
  const isSize = typeof value !== 'number' || (value >= (minValue ?? value) && value <= (maxValue ?? value));
  if (isType && isLong && isSize && (allowedValues?.includes(value) ?? true)) return value;
  throw new Error(`the parameter ${name}: got ${JSON.stringify(value)}, which is not allowed`);
}

/** Azure takes what is null as not there. */
function withoutNull(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNull(member)]));
}

function idOf({ type, name, scope, resourceGroup }: Resource): string {
  if (type === 'Microsoft.Resources/resourceGroups') return subscriptionIdOf(type, [name]);
  if (scope !== undefined) return extensionIdOf(scope, type, [name]);
  return resourceIdOf(type, name.split('/'), resourceGroup);
}

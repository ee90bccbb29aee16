import { azure, extensionIdOf, hashOf, referenceTo, resourceIdOf, subscriptionIdOf } from './azure.ts';
import { type Expression, isExpression, parseExpression } from './expression.ts';
import type { Json } from './template.ts';

/** What an expression may ask for. */
export interface Scope {
  /** @throws Error where there is none */
  parameter(name: string): Json;
  /** @throws Error where there is none */
  variable(name: string): Json;
  /** What a resource answers that is there. Default: {@link referenceTo}. */
  reference?(id: string, full: boolean): Json;
  /** Which resource of a `copy` it is, from 0 on. Default: none. */
  readonly copyIndex?: number;
  /** What the deployment is to. Default: a resource group. */
  readonly level?: 'group' | 'subscription';
}

/**
 * Evaluates every expression in a value, names of members too.
 *
 * @throws Error for an expression that is none, a function that is not known here, and a name that nothing has
 */
export function evaluate(value: Json, scope: Scope): Json {
  if (typeof value === 'string') {
    if (!isExpression(value)) return value.replace(/^\[\[/, '[');
    try {
      return compute(parseExpression(value), scope);
    } catch (error) {
      throw new Error(`${value}: ${(error as Error).message}`);
    }
  }
  if (Array.isArray(value)) return value.map(item => evaluate(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      String(evaluate(name, scope)),
      evaluate(member as Json, scope),
    ]),
  );
}

function compute(expression: Expression, scope: Scope): Json {
  if (expression.is === 'value') return expression.value;
  if (expression.is === 'member') {
    const [of, name] = [compute(expression.of, scope), String(compute(expression.name, scope))];
    const member = typeof of === 'object' && of !== null ? (of as Record<string, Json>)[name] : undefined;
    if (member === undefined) throw new Error(`there is no ${name}`);
    return member;
  }
  const { name, args } = expression;
  // Only what is chosen is asked for: the other may refer to what is not there.
  if (name === 'if') {
    const [condition, yes, no] = args;
    if (!condition || !yes || !no) throw new Error('if: got too few arguments, allowed: 3');
    return compute(compute(condition, scope) === true ? yes : no, scope);
  }
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) throw new Error(`the function ${name} is not known here`);
  return known(
    args.map(arg => compute(arg, scope)),
    scope,
  );
}

const texts = (values: readonly Json[]): string[] =>
  values.map(value => {
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Error(`got ${JSON.stringify(value)}, allowed: a text`);
    return String(value);
  });

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions, as far as the templates use them. */
const functions: Readonly<Record<string, (args: readonly Json[], scope: Scope) => Json>> = {
  parameters: ([name], scope) => scope.parameter(String(name)),
  variables: ([name], scope) => scope.variable(String(name)),
  concat: args => texts(args).join(''),
  string: ([value]) => (typeof value === 'string' ? value : JSON.stringify(value)),
  length: ([value]) =>
    typeof value === 'string' ? value.length : Object.keys((value ?? {}) as object).length,
  copyIndex: (_args, { copyIndex }) => {
    if (copyIndex === undefined) throw new Error('copyIndex: the resource has no copy');
    return copyIndex;
  },
  uriComponent: ([text]) => encodeURIComponent(String(text)),
  equals: ([one, other]) => JSON.stringify(one) === JSON.stringify(other),
  and: args => args.every(value => value === true),
  not: ([value]) => value !== true,
  empty: ([value]) =>
    value === null || value === '' || (typeof value === 'object' && Object.keys(value ?? {}).length === 0),
  null: () => null,
  createObject: args =>
    Object.fromEntries(
      args.flatMap((name, at) => (at % 2 === 0 ? [[String(name), args[at + 1] ?? null]] : [])),
    ),
  createArray: args => args,
  union: args => Object.assign({}, ...args),
  guid: args => hashOf(...texts(args)),
  uniqueString: args => hashOf(...texts(args)),
  subscription: () => ({
    id: `/subscriptions/${azure.subscriptionId}`,
    subscriptionId: azure.subscriptionId,
    tenantId: azure.tenantId,
  }),
  resourceGroup: (_args, { level }) => {
    if (level === 'subscription')
      throw new Error('resourceGroup: there is none, the deployment is to a subscription');
    const id = `/subscriptions/${azure.subscriptionId}/resourceGroups/${azure.group}`;
    return { id, name: azure.group, location: azure.location };
  },
  resourceId: ([type, ...names]) => resourceIdOf(String(type), texts(names)),
  subscriptionResourceId: ([type, ...names]) => subscriptionIdOf(String(type), texts(names)),
  extensionResourceId: ([on, type, ...names]) => extensionIdOf(String(on), String(type), texts(names)),
  reference: ([id, _version, full], { reference = referenceTo }) => reference(String(id), full === 'Full'),
};

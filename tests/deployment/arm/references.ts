import { azure } from './azure.ts';
import type { Deployment } from './deploy.ts';
import { callsIn, isExpression, parseExpression } from './expression.ts';
import { type Json, type Template, textsOf } from './template.ts';

/** The calls of every expression in a value, with where it stands. A template within it is left out: its names are its own. */
function* callsOf(value: Json | undefined) {
  for (const { path, text } of textsOf(value)) {
    if (!isExpression(text) || path.includes('/properties/template/')) continue;
    for (const call of callsIn(parseExpression(text))) yield { path, ...call };
  }
}

/**
 * What refers to nothing, and what nothing refers to: parameters and variables by their names, and `reference()` where Azure
 * does not know its answer yet.
 */
export function faultsOfNames(template: Template): readonly string[] {
  const { parameters, variables = {}, resources, outputs = {} } = template;
  const faults: string[] = [];
  const used = { parameters: new Set<string>(), variables: new Set<string>() };
  const declared = { parameters, variables };
  for (const { path, name, args } of callsOf({
    parameters,
    variables,
    resources,
    outputs,
  } as unknown as Json)) {
    if (name === 'reference' && !/^\/(resources\/\d+\/properties|outputs)\//.test(`${path}/`))
      faults.push(`${path}: reference() may stand in the properties of a resource and in outputs alone`);
    if (name !== 'parameters' && name !== 'variables') continue;
    const [named] = args;
    const target = named?.is === 'value' ? String(named.value) : '';
    if (!Object.hasOwn(declared[name], target)) faults.push(`${path}: there is no ${name}('${target}')`);
    used[name].add(target);
  }
  for (const kind of ['parameters', 'variables'] as const)
    for (const name of Object.keys(declared[kind]))
      if (!used[kind].has(name)) faults.push(`nothing uses ${kind}('${name}')`);
  return faults;
}

const ourGroup = `/subscriptions/${azure.subscriptionId}/resourceGroups/${azure.group}/`;

/**
 * What refers to resources that nothing makes: ids, wherever they stand, names in `dependsOn`, and what is asked by
 * `reference()` without being waited for.
 *
 * @param before what other templates have made by then
 */
export function faultsOfIds(deployment: Deployment, before: readonly string[] = []): readonly string[] {
  const { resources, left, outputs } = deployment;
  const here = new Set([...resources.map(({ id }) => id), ...left]);
  const all = new Set([...here, ...before]);
  const faults: string[] = [];
  for (const { id, dependsOn, refers, resource } of resources) {
    const { id: _own, dependsOn: _known, ...rest } = resource;
    for (const { path, text } of textsOf(rest))
      if (text.startsWith(ourGroup) && !all.has(text)) faults.push(`${id}${path}: nothing makes ${text}`);
    for (const other of dependsOn)
      if (!here.has(other)) faults.push(`${id}: waits for ${other}, which is not made here`);
    for (const other of refers) {
      if (!all.has(other)) faults.push(`${id}: asks ${other}, which nothing makes`);
      else if (here.has(other) && !dependsOn.includes(other))
        faults.push(`${id}: asks ${other}, and does not wait for it`);
    }
  }
  for (const { path, text } of textsOf(outputs))
    if (text.startsWith(ourGroup) && !all.has(text)) faults.push(`outputs${path}: nothing makes ${text}`);
  return faults;
}

/**
 * What Copilot Studio asks of a skill's manifest beyond its schema, by the codes of its own refusals
 * (Microsoft, "Implement a skill for use in Copilot Studio": `skill-pva`; facts/bot-stack.md 2.8).
 *
 * @module
 */
import { z } from 'zod';

/** Why Copilot Studio would refuse a manifest. */
export interface ManifestFault {
  readonly code:
    | 'URL_MALFORMED'
    | 'URL_NOT_HTTPS'
    | 'MANIFEST_TOO_LARGE'
    | 'MANIFEST_MALFORMED'
    | 'MANIFEST_ENDPOINT_ORIGIN_MISMATCH'
    | 'LIMITS_TOO_MANY_ACTIONS'
    | 'LIMITS_TOO_MANY_INPUTS'
    | 'LIMITS_TOO_MANY_OUTPUTS';
  /** What was got, and what is allowed. */
  readonly because: string;
}

/** The largest manifest: "500 KB or less", counted in bytes of 1,000. */
const largestBytes = 500_000;
const mostActions = 100;
const mostFields = 25;

const filled = z.string().trim().min(1);
const form = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });

/** What it reads of a manifest: without one of these it is "incompatible". */
const readable = z.looseObject({
  name: filled,
  version: filled,
  publisherName: filled,
  endpoints: z.array(z.looseObject({ endpointUrl: z.url(), msAppId: z.guid() })).min(1),
  activities: z.record(
    z.string(),
    z.looseObject({ description: filled, value: form.optional(), resultValue: form.optional() }),
  ),
});

/**
 * Checks a manifest as Copilot Studio does when a skill is added. Whether the address is the home page of the app
 * registration, and that in the maker's tenant, Copilot Studio alone can tell.
 *
 * @param address where the manifest is served
 * @returns every fault; none: it would be taken
 */
export function checkManifest(manifest: unknown, address: string): readonly ManifestFault[] {
  const faults: ManifestFault[] = [];
  const add = (code: ManifestFault['code'], because: string) => void faults.push({ code, because });
  if (!URL.canParse(address)) {
    add('URL_MALFORMED', 'the manifest’s address is none, allowed: one by https');
    return faults;
  }
  const { protocol, origin } = new URL(address);
  if (protocol !== 'https:') add('URL_NOT_HTTPS', `the manifest’s address is ${protocol}, allowed: https:`);
  const bytes = Buffer.byteLength(JSON.stringify(manifest) ?? '');
  if (bytes > largestBytes) add('MANIFEST_TOO_LARGE', `got ${bytes} bytes, allowed: up to ${largestBytes}`);

  const read = readable.safeParse(manifest);
  if (!read.success) {
    const [issue] = read.error.issues;
    add('MANIFEST_MALFORMED', `${issue?.path.join('.') || 'manifest'}: ${issue?.message}`);
    return faults;
  }
  const { endpoints, activities } = read.data;
  for (const { endpointUrl } of endpoints)
    if (new URL(endpointUrl).origin !== origin)
      add('MANIFEST_ENDPOINT_ORIGIN_MISMATCH', `an endpoint is not at ${origin}, where the manifest is`);
  const actions = Object.entries(activities);
  if (actions.length > mostActions)
    add('LIMITS_TOO_MANY_ACTIONS', `got ${actions.length} actions, allowed: up to ${mostActions}`);
  for (const [name, { value, resultValue }] of actions) {
    const inputs = Object.keys(value?.properties ?? {});
    const outputs = Object.keys(resultValue?.properties ?? {});
    if (inputs.length > mostFields)
      add('LIMITS_TOO_MANY_INPUTS', `${name}: got ${inputs.length} inputs, allowed: up to ${mostFields}`);
    if (outputs.length > mostFields)
      add('LIMITS_TOO_MANY_OUTPUTS', `${name}: got ${outputs.length} outputs, allowed: up to ${mostFields}`);
    for (const [field, schema] of Object.entries({ ...value?.properties, ...resultValue?.properties }))
      if (holdsArray(schema)) add('MANIFEST_MALFORMED', `${name}.${field}: an array, which is not allowed`);
  }
  return faults;
}

/** Whether a field's schema takes an array, itself or within. */
function holdsArray(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if ('type' in schema && [schema.type].flat().includes('array')) return true;
  return Object.values(schema).some(holdsArray);
}

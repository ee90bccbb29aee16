/** Columns by their names, in lower case. Choices are their numbers, lookups the ids of what they point to. */
export type Columns = ReadonlyMap<string, unknown>;

/** What one body of a Dataverse webhook tells. */
export interface Execution {
  /** What was done: `Create`, `Update` and others. */
  readonly message: string;
  /** The table's name. */
  readonly table: string;
  /** The row's id, if it is one. */
  readonly row: string | undefined;
  /** When it was done, in Unix milliseconds. */
  readonly at: number | undefined;
  /** What was written; absent where the body holds nothing of it, as one that Dataverse has cut. */
  readonly target: Columns | undefined;
  /** The row as it was before, and as it is now: as far as the step registers images. */
  readonly before: Columns;
  readonly after: Columns;
}

/**
 * Reads a `RemoteExecutionContext`, the JSON that a webhook of Dataverse posts. Its form is general knowledge and was
 * not verified (facts/providers.md 6.4), so variations are taken too: collections as lists of key and value or as
 * objects, choices and lookups wrapped or bare, times as `/Date(…)/`, ISO 8601 or numbers, ids in braces.
 */
export function readExecution(body: unknown): Execution {
  const { MessageName, PrimaryEntityName, PrimaryEntityId, OperationCreatedOn, ...rest } = fieldsOf(body);
  const target = entries(rest.InputParameters).get('target');
  return {
    message: wordOf(MessageName),
    table: wordOf(PrimaryEntityName).toLowerCase(),
    row: guidOf(PrimaryEntityId),
    at: timeOf(OperationCreatedOn),
    target: target === undefined ? undefined : columnsOf(target),
    before: imagesOf(rest.PreEntityImages),
    after: imagesOf(rest.PostEntityImages),
  };
}

const guid = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

/** An id as Dataverse has them, in lower case and without braces; `undefined`: it is none. */
export function guidOf(value: unknown): string | undefined {
  return typeof value === 'string' ? guid.exec(value.trim())?.[1]?.toLowerCase() : undefined;
}

/** A text or number as a text; of anything else, which need not have a text at all, an empty one. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function entries(collection: unknown): ReadonlyMap<string, unknown> {
  const pairs = Array.isArray(collection)
    ? collection.map(pair => {
        const { key, Key, value, Value } = fieldsOf(pair);
        return [key ?? Key, value ?? Value] as const;
      })
    : Object.entries(fieldsOf(collection));
  return new Map(pairs.map(([key, value]) => [wordOf(key).toLowerCase(), value]));
}

function columnsOf(entity: unknown): Columns {
  return new Map([...entries(fieldsOf(entity).Attributes)].map(([name, value]) => [name, plain(value)]));
}

/** Several images are one here: a step registers more than one only to name them. */
function imagesOf(images: unknown): Columns {
  return new Map([...entries(images).values()].flatMap(image => [...columnsOf(image)]));
}

/** An `OptionSetValue` holds a number, an `EntityReference` an id. */
function plain(value: unknown): unknown {
  const { Value, Id } = fieldsOf(value);
  return Value ?? Id ?? value;
}

/** The latest time that a date can have, in Unix milliseconds. Behind a later one nothing newer could ever come. */
const latestTime = 8.64e15;

function timeOf(value: unknown): number | undefined {
  const at = typeof value === 'string' ? timeIn(value) : value;
  return typeof at === 'number' && Math.abs(at) <= latestTime ? at : undefined;
}

function timeIn(text: string): number {
  const ticks = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1];
  if (ticks !== undefined) return Number(ticks);
  // Dataverse keeps UTC: where it names no zone, ours is not meant.
  return Date.parse(/T[\d:.]+$/.test(text) ? `${text}Z` : text);
}

import { z } from 'zod';
import { type Correlation, defaultCorrelations } from '../../middleware/dynamics/correlation.ts';
import { isOff, list, misconfigured, optional, text } from './fields.ts';

/** The webhook of Dynamics 365's events. */
export interface DataverseConfig {
  /** What it is proved with; the current one first. */
  readonly keys: readonly string[];
  /** The header that holds it, in lower case. */
  readonly header: string;
  /** The query parameter that holds it, beside `code`. */
  readonly parameter: string;
  /** How the conversation of a work item is found, first to last. */
  readonly correlations: readonly Correlation[];
  /** The column with the workstream. */
  readonly workstreamColumn: string;
}

/** Whoever guesses a key may say what agents did: as long at least as a key of the API. */
const minKeyLength = 16;

const columnName = /^[A-Za-z_][\w]{0,127}$/;

/** The settings as the environment has them. */
export const dataverseSettings = z.object({
  DATAVERSE_WEBHOOK_KEY: list,
  DATAVERSE_WEBHOOK_HEADER: optional(
    z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, 'allowed: the name of a header'),
  ),
  DATAVERSE_WEBHOOK_PARAMETER: optional(
    z.string().regex(/^[\w.~-]{1,100}$/, 'allowed: the name of a query parameter'),
  ),
  DATAVERSE_CORRELATE_BY: list,
  DATAVERSE_WORKSTREAM_COLUMN: optional(z.string().regex(columnName, 'allowed: the name of a column')),
  DATAVERSE_URL: text,
});

/**
 * Reads them; `undefined`: `/webhooks/dataverse` is not there.
 *
 * @throws BluetickError `invalid_configuration` where there is no key, or one too short, and where a way to find
 *   conversations is not one
 */
export function readDataverse(set: z.output<typeof dataverseSettings>): DataverseConfig | undefined {
  if (isOff(dataverseSettings, set)) return undefined;
  if (set.DATAVERSE_URL !== undefined) {
    throw misconfigured(
      'DATAVERSE_URL',
      'DATAVERSE_URL: Bluetick does not read rows from Dataverse, as how it answers was not verified. Take the setting away.',
    );
  }
  const { DATAVERSE_WEBHOOK_KEY: keys } = set;
  if (keys === undefined) {
    const message = 'The events of Dynamics 365 are half set. Missing: DATAVERSE_WEBHOOK_KEY.';
    throw misconfigured('DATAVERSE_WEBHOOK_KEY', message);
  }
  if (keys.some(({ length }) => length < minKeyLength)) {
    const message = 'DATAVERSE_WEBHOOK_KEY: allowed: keys of 16 characters or more.';
    throw misconfigured('DATAVERSE_WEBHOOK_KEY', message);
  }
  return {
    keys,
    header: (set.DATAVERSE_WEBHOOK_HEADER ?? 'x-webhook-secret').toLowerCase(),
    parameter: set.DATAVERSE_WEBHOOK_PARAMETER ?? 'code',
    correlations: set.DATAVERSE_CORRELATE_BY?.map(readCorrelation) ?? defaultCorrelations,
    workstreamColumn: set.DATAVERSE_WORKSTREAM_COLUMN ?? 'msdyn_liveworkstreamid',
  };
}

function readCorrelation(way: string): Correlation {
  const [by = '', column, ...more] = way.split(':');
  if ((by === 'workItem' || by === 'socialProfile') && column === undefined) return { by };
  const isColumn = column !== undefined && columnName.test(column) && more.length === 0;
  if ((by === 'customer' || by === 'conversation') && isColumn) return { by, column };
  throw misconfigured(
    'DATAVERSE_CORRELATE_BY',
    'DATAVERSE_CORRELATE_BY: allowed: a list of workItem, socialProfile, customer:<column> and conversation:<column>.',
  );
}

import {
  type DocumentedFailure,
  type FailureMap,
  failureMeanings,
} from '../../middleware/channels/failureMap.ts';
import { failureMaps } from '../../middleware/channels/failureNames.ts';
import type { ProviderFault } from '../../middleware/errors.ts';
import { tableOf } from './markdownTable.ts';

/** Whether a call is made again, by what its fault is. */
const again: Readonly<Record<ProviderFault, string>> = {
  transient: 'yes',
  rate: 'yes',
  recipient: 'yes, and the customer’s other calls wait too',
  auth: 'yes, and all calls of the number wait too',
  window: 'no',
  permanent: 'no',
};

function triedAgain({ is, but }: Pick<DocumentedFailure, 'is' | 'but'>): string {
  if (but?.retries === 1) return 'once';
  return again[failureMeanings[is].fault];
}

/** What each of our words means. */
export function meaningTable(): string {
  return tableOf(
    ['`is`', 'call made again', 'whose', 'what to do'],
    Object.entries(failureMeanings).map(([name, { fault, whose, todo }]) => [
      `\`${name}\``,
      again[fault],
      whose,
      todo,
    ]),
  );
}

/** Every documented code of every provider. */
export function failureTable(): string {
  const maps = new Set(Object.values(failureMaps).flat());
  return tableOf(
    ['provider', 'code', 'what the provider says', '`is`', 'call made again', 'whose', 'source'],
    [...maps].flatMap(rowsOf),
  );
}

function rowsOf({ provider, source, failures }: FailureMap): string[][] {
  return failures.map(failure => {
    const { code, says, is, unverified } = failure;
    const shown = code.replace('-', ' to ').replace(/^http_/, 'HTTP ');
    return [
      provider,
      shown,
      says,
      `\`${is}\``,
      triedAgain(failure),
      failureMeanings[is].whose,
      unverified ? 'not verified' : source,
    ];
  });
}

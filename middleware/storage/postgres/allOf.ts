import { sqlStateOf } from './faults.ts';

/**
 * Resolves when all have; where some fail, when all have ended, so that none goes on asking behind the end of its transaction.
 *
 * @throws what the first threw that failed of itself
 */
export async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(promises);
  const failures = ended.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) throw failures.find(isOwn) ?? failures[0];
}

/** Whether a statement failed of itself, and not since the transaction had failed before. */
export function isOwn(error: unknown): boolean {
  return sqlStateOf(error) !== '25P02';
}

import { isBluetickError, ProviderError } from '../errors.ts';

/**
 * Why something failed, as `error.type` has it: the fault of a provider's call, else the code of an error of ours, else
 * `_OTHER`, as the conventions have it. Always one of our own words: the name of a bot's exception could hold anything.
 */
export function errorTypeOf(error: unknown): string {
  if (error instanceof ProviderError) return error.fault;
  return isBluetickError(error) ? error.code : '_OTHER';
}

import { ProviderError } from '../errors.ts';

/**
 * The error of a call for a business that the connection does not serve: none is made.
 *
 * @param what the provider's word for a business, such as `agent`
 */
export function unknownBusiness(what: string): ProviderError {
  return new ProviderError(`This connection does not serve that ${what}`, {
    fault: 'permanent',
    is: 'unknown_target',
    providerCode: 'unknown_business',
  });
}

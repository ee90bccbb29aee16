import type { MessagesServiceClient } from '@azure-rest/communication-messages';
import { noToken } from './faults.ts';
import type { TokenSource } from './options.ts';

/** What a token for ACS must be good for. */
const scope = 'https://communication.azure.com/.default';

/**
 * Makes a client's calls in the name of an identity. The SDK's own policy is taken out: version 2.0.0 adds it twice, which
 * its pipeline refuses at the first call ("Duplicate policy names"). Tokens are kept and renewed by their source.
 */
export function useTokens({ pipeline }: MessagesServiceClient, source: TokenSource): void {
  pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  pipeline.addPolicy({
    name: 'bluetickTokenPolicy',
    async sendRequest(request, next) {
      const abortSignal = request.abortSignal as AbortSignal | undefined;
      // Its errors are not kept: they tell of the host's identities.
      const answer = await source.getToken(scope, { ...(abortSignal && { abortSignal }) }).catch(() => null);
      if (answer === null) throw noToken();
      request.headers.set('authorization', `Bearer ${answer.token}`);
      return next(request);
    },
  });
}

/** The identity of the host: managed, of its workload, or of a developer who is signed in. */
export async function hostIdentity(): Promise<TokenSource> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

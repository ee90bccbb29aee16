import { z } from 'zod';
import { sameSecret } from '../sameSecret.ts';

const verification = z.looseObject({
  clientToken: z.string().min(1).max(1024),
  secret: z.string().min(1).max(1024),
  // What holds these is an ordinary webhook, whatever else it holds, and is signed.
  message: z.undefined().optional(),
  conversationId: z.undefined().optional(),
});

/** What Google posts when the address of a webhook is registered. */
export type Verification = Pick<z.output<typeof verification>, 'clientToken' | 'secret'>;

/** Reads it; `undefined`: the body is something else. */
export function readVerification(value: unknown): Verification | undefined {
  return verification.safeParse(value).data;
}

/** Whether it holds one of the client tokens. Every one is tried, also after a match, each in constant time. */
export function isGenuine({ clientToken }: Verification, clientTokens: readonly string[]): boolean {
  return clientTokens.map(token => sameSecret(clientToken, token)).includes(true);
}

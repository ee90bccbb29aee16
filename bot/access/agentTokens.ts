import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { BluetickError } from '../../middleware/errors.ts';
import type { Clock } from '../../middleware/ports.ts';
import { agentEvents } from '../../middleware/receipts/agentReports.ts';
import { type ApiKeys, DerivedKeys } from './derivedKeys.ts';

const conversationIds = z
  .array(z.string().regex(/^c_[\w-]{16}$/, 'allowed: ids of conversations'), 'allowed: 1 to 50 ids')
  .min(1, 'allowed: 1 to 50 ids')
  .max(50, 'allowed: 1 to 50 ids');

/** What a token lets an agent's browser report. */
export const agentGrant = z.strictObject({
  /** The events. Default `opened`: the one that only a browser can tell. */
  events: z.array(z.enum(agentEvents)).min(1).max(agentEvents.length).default(['opened']),
  /** The conversations. Default: whichever agents hold. */
  conversations: conversationIds.optional(),
  /** Who the agent is: whatever the caller knows them by. */
  agent: z.string().min(1).max(200).optional(),
});

/** See {@link agentGrant}. */
export type AgentGrant = z.output<typeof agentGrant>;

/** What a token grants, and until when, in Unix milliseconds. */
export type GrantedToken = AgentGrant & { readonly expiresAt: number };

const issuer = 'bluetick';
const audience = 'bluetick/agent-events';
const type = 'bluetick-agent+jwt';

/**
 * Short-lived tokens for agents' browsers, where the administrator's key must not be. They are signed with a key that is
 * derived from it: every instance takes them, none keeps anything, and they end with the administrator's key.
 */
export class AgentTokens {
  readonly #keys: DerivedKeys;
  readonly #clock: Clock;

  constructor(apiKeys: ApiKeys, clock: Clock) {
    this.#keys = new DerivedKeys(apiKeys, 'bluetick agent tokens 1');
    this.#clock = clock;
  }

  /** Makes one that ends `lifeMs` milliseconds from now. */
  async issue(grant: AgentGrant, lifeMs: number): Promise<{ token: string; expiresAt: number }> {
    const seconds = Math.floor(this.#clock.now() / 1000);
    const end = seconds + Math.floor(lifeMs / 1000);
    const token = await new SignJWT({ grant })
      .setProtectedHeader({ alg: 'HS256', typ: type })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(end)
      .sign(await this.#keys.current());
    return { token, expiresAt: end * 1000 };
  }

  /**
   * What a token grants: signed by us with HS256, for this use, and not over.
   *
   * @throws BluetickError `unauthorized`, whatever is wrong: it would tell what to try next
   */
  async read(token: string): Promise<GrantedToken> {
    try {
      const rules = {
        algorithms: ['HS256'],
        typ: type,
        issuer,
        audience,
        requiredClaims: ['exp'],
        currentDate: new Date(this.#clock.now()),
      };
      const { payload } = await this.#keys.open(key => jwtVerify(token, key, rules));
      return { ...agentGrant.parse(payload.grant), expiresAt: Number(payload.exp) * 1000 };
    } catch {
      throw new BluetickError('unauthorized', 'The token is missing or not valid here');
    }
  }
}

import { BluetickError } from '../../../middleware/errors.ts';
import type { Logger } from '../../../middleware/ports.ts';
import type { MicrosoftAppConfig } from '../../config/microsoftApp.ts';

/** What the Bot Framework's authentication asks of a token that it has found genuine, and whose tokens it takes at all. */
export interface CallerRules {
  /** Of the channels' keys: nothing more than what botbuilder asks. */
  readonly requiredEndorsements: string[];
  /** Who issues tokens for agents, beside the Bot Framework's own tenant. */
  readonly validTokenIssuers: string[];
  /** @throws BluetickError `unauthorized`, `forbidden` */
  validateClaims(claims: readonly Claim[]): Promise<void>;
}

/** One statement of a token. */
interface Claim {
  readonly type: string;
  readonly value: unknown;
}

/**
 * Who may call the bot, by rules in this order:
 *
 * 1. A token is for us. botbuilder (4.23.3) leaves that out where it takes a token for the Emulator's or an ASE channel's:
 *    a token that we sent to somebody else with an answer would come back as a key to our door.
 * 2. An agent's token, where we are of one tenant, is of that tenant.
 * 3. An agent is on the list. An empty list lets none in.
 *
 * @param allowed the application ids of the agents, in lower case
 */
export function callerRules(app: MicrosoftAppConfig, allowed: readonly string[], log: Logger): CallerRules {
  const validTokenIssuers = app.tenantId === undefined ? [] : issuersOf(app.tenantId);
  return {
    requiredEndorsements: [],
    validTokenIssuers,
    async validateClaims(claims) {
      const { aud, iss, ...rest } = Object.fromEntries(claims.map(({ type, value }) => [type, value]));
      if (aud !== app.id) throw unauthorized('The token is for somebody else');
      const agent = agentOf(rest);
      if (agent === undefined || agent === app.id) return;
      if (app.type !== 'MultiTenant' && !validTokenIssuers.includes(String(iss)))
        throw unauthorized('The agent’s token is of another tenant');
      if (allowed.includes(agent.toLowerCase())) return;
      log.warn({ agent }, 'An agent that is not in BLUETICK_ALLOWED_CALLERS called');
      throw new BluetickError('forbidden', 'This agent is not in the list of allowed callers');
    },
  };
}

/** The issuers of a tenant's tokens, of the versions 1.0 and 2.0. */
function issuersOf(tenant: string): string[] {
  const id = tenant.toLowerCase();
  return [`https://sts.windows.net/${id}/`, `https://login.microsoftonline.com/${id}/v2.0`];
}

/** The application that a token was issued to; a channel's names none. (As `SkillValidation.isSkillClaim` finds it.) */
function agentOf({ ver, appid, azp }: Readonly<Record<string, unknown>>): string | undefined {
  const id = ver === '2.0' ? azp : ver && appid;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function unauthorized(why: string): BluetickError {
  return new BluetickError('unauthorized', why);
}

/** The Bot Framework's cloud on this machine: who issues tokens to those who call bots, and gives bots theirs. */
import type { CloudOptions } from '../../bot/config/microsoftApp.ts';
import { type EntraTenant, startEntraTenant, type TokenOptions } from './entraTenant.ts';

/** The bot's application id, and those of an agent and of its tenant. */
export const botId = '00000000-0000-4000-8000-000000000001';
export const agentId = 'a9e47000-0000-4000-8000-00000000000a';
export const tenantId = '11111111-2222-4333-8444-555555555555';

/** Where channels say that they are. */
export const channelServiceUrl = 'https://smba.example.com/';

/** The issuer of channels' tokens. */
const channelIssuer = 'https://channels.example.com';

/** The cloud, listening. */
export interface BotFrameworkCloud {
  /** What a host is given to live in it: keys are fetched from here, and a token for an audience is the word `for` and that. */
  readonly options: CloudOptions;
  /** Who signs for channels, whose keys are for `msteams` alone. */
  readonly channels: EntraTenant;
  /** The tenant of the agent and, where it has one, of the bot. */
  readonly tenant: EntraTenant;
  /** The header `Authorization` as a channel sends it. */
  channel(over?: TokenOptions): Promise<string>;
  /** The header as an agent sends it, with a token of the version; claims that are given come over its own. */
  agent(version?: '1.0' | '2.0', over?: TokenOptions): Promise<string>;
  close(): Promise<void>;
}

/** Starts it. */
export async function startBotFrameworkCloud(): Promise<BotFrameworkCloud> {
  const [channels, tenant] = await Promise.all([
    startEntraTenant({ endorsements: ['msteams'] }),
    startEntraTenant({ tenantId }),
  ]);
  const bearer = async (token: Promise<string>) => `Bearer ${await token}`;
  return {
    options: {
      ToChannelFromBotLoginUrl: `${tenant.metadataUrl}/login`,
      ToChannelFromBotOAuthScope: 'https://api.example.com',
      ToBotFromChannelTokenIssuer: channelIssuer,
      OAuthUrl: `${tenant.metadataUrl}/oauth`,
      ToBotFromChannelOpenIdMetadataUrl: channels.metadataUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: tenant.metadataUrl,
      CallerId: 'urn:botframework:azure',
      credentials: {
        isValidAppId: async id => id === botId,
        isAuthenticationDisabled: async () => false,
        createCredentials: async (_id, audience) => ({
          async signRequest(request) {
            request.headers.set('authorization', `Bearer for ${audience}`);
            return request;
          },
        }),
      },
    },
    channels,
    tenant,
    channel: over =>
      bearer(
        channels.token({
          issuer: channelIssuer,
          audience: botId,
          claims: { serviceurl: channelServiceUrl },
          ...over,
        }),
      ),
    agent(version = '2.0', { claims, ...over } = {}) {
      const isFirst = version === '1.0';
      const issuer = isFirst ? tenant.issuers.v1 : tenant.issuers.v2;
      const caller = isFirst ? { appid: agentId } : { azp: agentId };
      const all = { ver: version, tid: tenantId, ...caller, ...claims };
      return bearer(tenant.token({ issuer, audience: botId, claims: all, ...over }));
    },
    async close() {
      await Promise.all([channels.close(), tenant.close()]);
    },
  };
}

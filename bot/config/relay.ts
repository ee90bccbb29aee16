import { z } from 'zod';
import { checkProviderUrl } from '../../middleware/channels/checkProviderUrl.ts';
import { checkUrl } from '../../middleware/channels/checkUrl.ts';
import { publicDirectLineUrl } from '../copilot/relay/directLineClient.ts';
import type { RelayPace } from '../copilot/relay/relayPace.ts';
import { misconfigured, url } from './fields.ts';

/** The agent behind Direct Line that answers instead of the sample bot. */
export interface RelayConfig {
  /** `DIRECT_LINE_TOKEN_URL`: the agent's token endpoint. */
  readonly tokenUrl: string;
  /** `DIRECT_LINE_URL`. Default: Direct Line of no region. */
  readonly directLineUrl: string;
  /** How it is waited for; no setting. Absent: as it is by default. */
  readonly pace?: Partial<RelayPace>;
}

/** The settings as the environment has them. */
export const relaySettings = z.object({ DIRECT_LINE_TOKEN_URL: url, DIRECT_LINE_URL: url });

/**
 * Reads them; `undefined`: no agent, the sample bot answers.
 *
 * @throws BluetickError `invalid_configuration` for an address that is not https (plain http is taken on loopback), and in a
 *   sidecar, where no dialog runs
 */
export function readRelay(
  set: z.output<typeof relaySettings>,
  mode: 'gateway' | 'sidecar',
): RelayConfig | undefined {
  const { DIRECT_LINE_TOKEN_URL: tokenUrl, DIRECT_LINE_URL: directLineUrl = publicDirectLineUrl } = set;
  if (tokenUrl === undefined) return undefined;
  if (mode === 'sidecar') {
    throw misconfigured(
      'DIRECT_LINE_TOKEN_URL',
      'DIRECT_LINE_TOKEN_URL: no dialog runs in a sidecar. Take it away, or set BLUETICK_MODE to gateway.',
    );
  }
  checkUrl(tokenUrl, 'DIRECT_LINE_TOKEN_URL');
  checkProviderUrl(directLineUrl, 'DIRECT_LINE_URL');
  return { tokenUrl, directLineUrl };
}

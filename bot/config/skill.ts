import { z } from 'zod';
import { list, misconfigured } from './fields.ts';
import type { MicrosoftAppConfig } from './microsoftApp.ts';

const allowed = 'allowed: the application ids of agents, GUIDs; no * for everybody';

/** The settings as the environment has them. */
export const skillSettings = z.object({
  BLUETICK_ALLOWED_CALLERS: list.refine(
    ids => ids === undefined || ids.every(id => z.guid().safeParse(id).success),
    allowed,
  ),
});

/**
 * Reads which agents may call the host as their skill: their application ids, in lower case. Default none.
 *
 * @throws BluetickError `invalid_configuration` where nobody could prove to be one of them
 */
export function readAllowedCallers(
  { BLUETICK_ALLOWED_CALLERS: callers = [] }: z.output<typeof skillSettings>,
  app: MicrosoftAppConfig | undefined,
): readonly string[] {
  if (callers.length === 0) return [];
  if (app === undefined) {
    throw misconfigured(
      'MicrosoftAppId',
      'The skill is half set: BLUETICK_ALLOWED_CALLERS needs who they call. Missing: MicrosoftAppId.',
    );
  }
  // What issues their tokens is named by it.
  if (app.tenantId !== undefined && !z.guid().safeParse(app.tenantId).success) {
    throw misconfigured(
      'MicrosoftAppTenantId',
      'MicrosoftAppTenantId: allowed with BLUETICK_ALLOWED_CALLERS: the id of the tenant, a GUID.',
    );
  }
  return callers.map(id => id.toLowerCase());
}

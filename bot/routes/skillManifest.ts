import type { Request, Response, Server } from 'restify';
import { commands } from '../../middleware/commands/commands.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import { checkManifest } from '../copilot/skill/checkManifest.ts';
import { manifestPath, type SkillAddress, skillManifest } from '../copilot/skill/skillManifest.ts';
import type { OpenLimit } from './api.ts';
import { respondError } from './respond.ts';

/** What of the settings makes the host a skill. */
export type SkillSettings = { readonly [Name in keyof SkillAddress]: SkillAddress[Name] | undefined };

/**
 * `GET /manifest/bluetick-2.2.json`: the commands as a skill of Copilot Studio, which fetches it without a key. Where
 * settings are missing, or Copilot Studio would refuse it, the answer is 404 and says why.
 */
export function addSkillManifestRoute(
  server: Server,
  settings: SkillSettings,
  { log, openLimit }: { readonly log: Logger; readonly openLimit: OpenLimit },
): void {
  server.get(manifestPath, openLimit(), async (_request: Request, response: Response) => {
    try {
      response.json(200, manifestOf(settings));
    } catch (error) {
      respondError(response, error, log);
    }
  });
}

function manifestOf({ publicUrl, appId }: SkillSettings) {
  if (publicUrl === undefined || appId === undefined) {
    const missing = [
      ...(publicUrl === undefined ? ['PUBLIC_URL'] : []),
      ...(appId === undefined ? ['MicrosoftAppId'] : []),
    ];
    throw noManifest(`Missing: ${missing.join(', ')}.`, missing[0]);
  }
  const manifest = skillManifest(commands, { publicUrl, appId });
  const [fault] = checkManifest(manifest, `${publicUrl}${manifestPath}`);
  if (fault === undefined) return manifest;
  const { code, because } = fault;
  const field = code.startsWith('URL_') ? 'PUBLIC_URL' : 'MicrosoftAppId';
  throw noManifest(`Copilot Studio would refuse what ${field} makes of it: ${code}, ${because}.`, field);
}

function noManifest(why: string, field = ''): BluetickError {
  return new BluetickError('unknown_item', `There is no manifest of the skill. ${why}`, { field });
}

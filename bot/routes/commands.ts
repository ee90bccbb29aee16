import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import { type CommandParts, runCommand } from '../../middleware/commands/command.ts';
import { commands } from '../../middleware/commands/commands.ts';
import { whoAsks } from '../access/caller.ts';
import { commandRole } from '../copilot/commandRole.ts';
import { commandsPath, openApi } from '../copilot/openApi.ts';
import type { ApiRoute, OpenLimit } from './api.ts';
import { header, readJson } from './respond.ts';

/** What the routes of makers work with. */
export interface MakerParts {
  /** What the commands work with. */
  readonly work: CommandParts;
  /** `PUBLIC_URL`. */
  readonly publicUrl: string | undefined;
  readonly route: ApiRoute;
}

/**
 * `POST /api/v1/commands/{Name}`: one command of `middleware/commands`, flat JSON in and out. `GET /openapi.json`: the same
 * told in Swagger 2.0, which anybody may read, as the pages of the API are public too.
 */
export function addCommandRoutes(
  server: Server,
  { work, publicUrl, route, openLimit }: MakerParts & { readonly openLimit: OpenLimit },
): void {
  for (const command of commands)
    server.post(
      `${commandsPath}/${command.name}`,
      route(
        async (request, caller) => {
          const given = await readJson(request, z.unknown());
          return runCommand(command, work, given, { by: 'key', ...whoAsks(caller) });
        },
        { role: commandRole(command) },
      ),
    );

  server.get('/openapi.json', openLimit(), async (request: Request, response: Response) => {
    const url = new URL(publicUrl ?? `http://${header(request, 'host') || 'localhost'}`);
    response.json(200, openApi(commands, url));
  });
}

import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import { commands } from '../../middleware/commands/commands.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { Caller } from '../access/caller.ts';
import type { MakerParts } from './commands.ts';
import { readJson } from './respond.ts';

/**
 * `POST /mcp`: the commands as tools, over Streamable HTTP, stateless and in JSON. `GET` and `DELETE` are answered 405 by the
 * server, as the protocol wants it of one that keeps no sessions.
 */
export function addMcpRoute(
  server: Server,
  { work, route, log }: Omit<MakerParts, 'publicUrl'> & { readonly log: Logger },
): void {
  const parts = { commands, work, log };
  const act = async (request: Request, caller: Caller, response: Response) => {
    const message = await readJson(request, z.unknown());
    // The SDK takes a tenth of a second to load: for those who use it.
    const { answerMcp } = await import('../copilot/mcpServer.ts');
    const answer = await answerMcp(parts, caller, headersOf(request), message);
    const body = await answer.text();
    response.sendRaw(answer.status, body, Object.fromEntries(answer.headers));
  };
  server.post('/mcp', route(act, { role: 'agent' }));
}

function headersOf({ headers }: Request): Headers {
  const named = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
  return new Headers(named);
}

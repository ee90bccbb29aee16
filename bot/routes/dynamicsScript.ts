import type { Request, Response, Server } from 'restify';
import { watchSessions } from '../console/dynamics.ts';

/** One file for a classic `<script>`: the function as Node has it, without its types, under one global name. */
const script = Buffer.from(`globalThis.bluetick = { watchSessions: ${watchSessions} };\n`);

/** `GET /console/dynamics.js`: what an agent's browser runs in Dynamics 365. It holds nothing secret. */
export function addDynamicsScript(server: Server): void {
  server.get('/console/dynamics.js', async (_request: Request, response: Response) => {
    response.sendRaw(200, script, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Content-Length': String(script.length),
      'Cache-Control': 'public, max-age=300',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'X-Content-Type-Options': 'nosniff',
    });
  });
}

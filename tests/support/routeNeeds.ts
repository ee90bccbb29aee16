import type { Server } from 'restify';
import type { Role } from '../../bot/access/caller.ts';

/**
 * What a route asks of its caller: a role; `open`, nothing; `proof`, one of its own, such as a webhook's signature; `granted`,
 * an agent's token, or a role from agent on; `here`, to be this machine.
 */
export type RouteNeeds = Role | 'open' | 'proof' | 'granted' | 'here';

/** Every route of the host: whoever adds one says here who may call it. */
export const routeNeeds: Readonly<Record<string, RouteNeeds>> = {
  'GET /': 'open',
  'GET /phone': 'here',
  'GET /phone/*': 'here',
  'POST /phone/*': 'here',
  'GET /demo': 'here',
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /pictures/map.png': 'open',
  'GET /console/dynamics.js': 'open',
  'GET /openapi.json': 'open',
  'GET /manifest/bluetick-2.2.json': 'open',
  // An address that nobody can guess, which is in the message: WhatsApp fetches the file from there.
  'GET /files/:id': 'open',
  'HEAD /files/:id': 'open',
  'GET /api/v1/sign-in': 'open',
  'GET /sign-in/entra': 'open',
  'OPTIONS /api/v1/conversations/:id/agent-events': 'open',
  'OPTIONS /api/v1/work-items/:id/agent-events': 'open',

  'GET /sign-in/entra/callback': 'proof',
  'POST /api/v1/session': 'proof',
  'POST /api/messages': 'proof',
  'GET /webhooks/simulator': 'proof',
  'POST /webhooks/simulator': 'proof',
  'POST /webhooks/dataverse': 'proof',

  'POST /api/v1/conversations/:id/agent-events': 'granted',
  'POST /api/v1/work-items/:id/agent-events': 'granted',

  'GET /api/v1/session': 'agent',
  'DELETE /api/v1/session': 'agent',
  'GET /api/v1/stream': 'agent',
  'GET /api/v1/capabilities': 'agent',
  'GET /api/v1/conversations': 'agent',
  'GET /api/v1/conversations/:id': 'agent',
  'GET /api/v1/conversations/:id/receipts': 'agent',
  'GET /api/v1/conversations/:id/messages': 'agent',
  'POST /api/v1/conversations/:id/messages': 'agent',
  'GET /api/v1/conversations/:id/thread': 'agent',
  'GET /api/v1/conversations/:id/thread/:ref': 'agent',
  'GET /api/v1/conversations/:id/handoff': 'agent',
  'POST /api/v1/conversations/:id/handoff': 'agent',
  'DELETE /api/v1/conversations/:id/handoff': 'agent',
  'GET /api/v1/messages/:id': 'agent',
  'GET /api/v1/media/:ref': 'agent',
  'GET /api/v1/templates': 'agent',
  'POST /api/v1/uploads': 'agent',
  'POST /api/v1/receipts': 'agent',
  'POST /api/v1/policies/explain': 'agent',
  'POST /mcp': 'agent',
  'POST /api/v1/commands/MarkRead': 'agent',
  'POST /api/v1/commands/HoldReceipt': 'agent',
  'POST /api/v1/commands/ShowTyping': 'agent',
  'POST /api/v1/commands/ExplainPolicy': 'agent',
  'POST /api/v1/commands/GetMessageStatus': 'agent',
  'POST /api/v1/commands/GetConversation': 'agent',
  'POST /api/v1/commands/ReportAgentEvent': 'agent',
  'POST /api/v1/commands/SendMessage': 'agent',

  'GET /api/v1/conversations/:id/customer': 'supervisor',
  'GET /api/v1/conversations/:id/engagement': 'supervisor',
  'POST /api/v1/commands/SetReceiptPolicy': 'supervisor',
  'GET /api/v1/insights': 'supervisor',
  'GET /metrics': 'supervisor',
  'GET /api/v1/failures': 'supervisor',
  'GET /api/v1/audit': 'supervisor',
  'GET /api/v1/policies': 'supervisor',
  'GET /api/v1/policies/default/effective': 'supervisor',
  'GET /api/v1/policies/:kind/:id/effective': 'supervisor',
  'GET /api/v1/policies/default': 'supervisor',
  'GET /api/v1/policies/:kind/:id': 'supervisor',
  'GET /api/v1/policies/workstream/:id': 'supervisor',
  'PUT /api/v1/policies/workstream/:id': 'supervisor',
  'DELETE /api/v1/policies/workstream/:id': 'supervisor',
  'GET /api/v1/policies/conversation/:id': 'supervisor',
  'PUT /api/v1/policies/conversation/:id': 'supervisor',
  'DELETE /api/v1/policies/conversation/:id': 'supervisor',

  'PUT /api/v1/policies/default': 'administrator',
  'DELETE /api/v1/policies/default': 'administrator',
  'PUT /api/v1/policies/:kind/:id': 'administrator',
  'DELETE /api/v1/policies/:kind/:id': 'administrator',
  'GET /api/v1/orphans': 'administrator',
  'GET /api/v1/quarantine': 'administrator',
  'GET /api/v1/dead-letters': 'administrator',
  'POST /api/v1/orphans/:id/replay': 'administrator',
  'POST /api/v1/quarantine/:id/replay': 'administrator',
  'POST /api/v1/dead-letters/:id/replay': 'administrator',
  'GET /api/v1/work-items/:id': 'administrator',
  'PUT /api/v1/work-items/:id': 'administrator',
  'POST /api/v1/tokens': 'administrator',
  'POST /api/v1/customers/erasure': 'administrator',
  'POST /api/v1/customers/export': 'administrator',
  'GET /api/v1/customers/acts': 'administrator',
};

/** A route as the server has it, the pages' own scripts and styles left out: they are built, and open. */
export interface NamedRoute {
  readonly method: string;
  readonly path: string;
  /** As the table names it. */
  readonly name: string;
}

/** The routes of a server. */
export function routesOf({ router }: Server): NamedRoute[] {
  return Object.values(router.getRoutes())
    .map(({ method, path }) => ({ method, path: String(path), name: `${method} ${String(path)}` }))
    .filter(({ path }) => !path.startsWith('/assets/'));
}

/** Whether a route is closed to who has neither a key nor a session. */
export function isGuarded({ name }: Pick<NamedRoute, 'name'>): boolean {
  return !['open', 'proof', 'here'].includes(routeNeeds[name] ?? '');
}

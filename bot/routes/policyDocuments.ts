import type { Request, Server } from 'restify';
import { z } from 'zod';
import type { ScopeKey } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { checkPolicy } from '../../middleware/policy/checkPolicy.ts';
import { parsePolicyDocument } from '../../middleware/policy/schema.ts';
import type { Channel, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import type { PolicySettings } from '../../middleware/receipts/policySettings.ts';
import type { ApiRoute } from './api.ts';
import { readScope, type SettingsScope } from './policyScope.ts';
import { readJson } from './respond.ts';

/**
 * `GET|PUT|DELETE /api/v1/policies/{default | channel/{c} | business/{b} | workstream/{w} | conversation/{id}}`: what a
 * scope says, and where from. What is put wins over the policy file, also after a restart; `DELETE` returns to it.
 */
export function addPolicyDocumentRoutes(
  server: Server,
  parts: {
    policies: PolicySettings;
    engine: Pick<Engine, 'changeConversation'>;
    channels: readonly Channel[];
    store: Pick<Store, 'conversation'>;
    route: ApiRoute;
  },
): void {
  const { policies, engine, channels, store, route } = parts;

  const view = (key: ScopeKey) => policies.documentOf(key) ?? { document: {}, source: 'none' };
  const handlers = {
    get: async (key: ScopeKey, _request: Request) => view(key),
    put: async (key: ScopeKey, request: Request) => {
      await policies.put(key, parsePolicyDocument(await readJson(request, z.unknown())));
      return view(key);
    },
    del: async (key: ScopeKey, _request: Request) => {
      await policies.remove(key);
      return view(key);
    },
  };

  /** A conversation's own policy stands with the conversation. */
  const conversations = {
    get: async (id: string, _request: Request) => viewOf(await find(id)),
    put: async (id: string, request: Request) => {
      const conversation = await find(id);
      const document = parsePolicyDocument(await readJson(request, z.unknown()));
      checkPolicy(document, channels.find(({ name }) => name === conversation.channel)?.capabilities);
      policies.resolve({ ...conversation, conversation: document });
      await engine.changeConversation(id, { policy: document });
      return viewOf(await find(id));
    },
    del: async (id: string, _request: Request) => {
      await find(id);
      await engine.changeConversation(id, { policy: null });
      return viewOf(await find(id));
    },
  };

  // What is a supervisor's to see and, for a team or one customer, to set; the rest of it is every customer's.
  const supervisor = { role: 'supervisor' } as const;
  for (const method of ['get', 'put', 'del'] as const) {
    const wide = method === 'get' ? supervisor : {};
    const act = (scope: SettingsScope, request: Request) =>
      scope.kind === 'conversation'
        ? conversations[method](scope.id, request)
        : handlers[method](scope, request);
    server[method](
      '/api/v1/policies/default',
      route(request => act({ kind: 'default' }, request), wide),
    );
    for (const kind of ['workstream', 'conversation'])
      server[method](
        `/api/v1/policies/${kind}/:id`,
        route(request => act(readScope({ kind, id: request.params.id }), request), supervisor),
      );
    server[method](
      '/api/v1/policies/:kind/:id',
      route(request => act(readScope(request.params), request), wide),
    );
  }

  async function find(id: string) {
    const conversation = await store.conversation(id);
    if (conversation === undefined)
      throw new BluetickError('unknown_conversation', 'There is no such conversation');
    return conversation;
  }
}

function viewOf({ policy }: { policy?: unknown }) {
  return policy === undefined ? { document: {}, source: 'none' } : { document: policy, source: 'stored' };
}

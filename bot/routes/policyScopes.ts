import type { Server } from 'restify';
import type { ChannelName, ScopeKey } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { effectivePolicy } from '../../middleware/policy/effectivePolicy.ts';
import { scopeName } from '../../middleware/policy/policyBook.ts';
import type { PolicyLink } from '../../middleware/policy/resolvePolicy.ts';
import { parsePolicyDocument } from '../../middleware/policy/schema.ts';
import type { Channel, Store } from '../../middleware/ports.ts';
import type { PolicySettings, SettingsDocument } from '../../middleware/receipts/policySettings.ts';
import type { ApiRoute } from './api.ts';
import { readScope, type SettingsScope } from './policyScope.ts';

/** Where a scope lies: what it does not say itself comes from there, the nearest first. */
interface Place {
  readonly workstream?: string;
  readonly business?: string;
  readonly channel?: ChannelName;
}

/** The scopes of a chain, from the nearest to the farthest. */
const chain = ['conversation', 'workstream', 'business', 'channel', 'default'] as const;

/**
 * `GET /api/v1/policies`: the scopes that there are: what is on, what the policy file names, what was put since.
 * `GET /api/v1/policies/{scope}/effective`: what holds in a scope, field by field, and where each value comes from.
 */
export function addPolicyScopeRoutes(
  server: Server,
  parts: {
    policies: Pick<PolicySettings, 'scopes' | 'documentOf' | 'workstreamOf'>;
    channels: readonly Channel[];
    store: Pick<Store, 'conversation'>;
    route: ApiRoute;
  },
): void {
  const { policies, channels, store, route } = parts;
  const supervisor = { role: 'supervisor' } as const;

  server.get('/api/v1/policies', route(list, supervisor));
  server.get(
    '/api/v1/policies/default/effective',
    route(() => effective({ kind: 'default' }), supervisor),
  );
  server.get(
    '/api/v1/policies/:kind/:id/effective',
    route(request => effective(readScope(request.params)), supervisor),
  );

  function list() {
    const named = policies.scopes();
    const keys: readonly ScopeKey[] = [
      { kind: 'default' },
      ...channels.map(({ name }) => ({ kind: 'channel', id: name }) as const),
      ...channels.flatMap(({ businesses }) => businesses.map(id => ({ kind: 'business', id }) as const)),
      ...named.map(({ key }) => key),
    ];
    const scopes = new Map(keys.map(key => [scopeName(key), key]));
    const matched = new Map(named.map(({ key, businesses }) => [scopeName(key), businesses]));
    return {
      items: [...scopes].map(([scope, key]) => ({
        scope,
        source: policies.documentOf(key)?.source ?? 'none',
        ...(key.kind === 'business' && { channels: channelsOf(key.id) }),
        ...(key.kind === 'workstream' && { businesses: matched.get(scope) }),
      })),
    };
  }

  async function effective(scope: SettingsScope) {
    const { place, own } = await look(scope);
    const wider = chain
      .slice(chain.indexOf(scope.kind) + 1)
      .map(kind => keyIn(place, kind))
      .flatMap(key => (key === undefined ? [] : linkOf(key, policies.documentOf(key))));
    return {
      scope: 'id' in scope ? `${scope.kind}/${scope.id}` : scope.kind,
      ...place,
      document: own?.document ?? {},
      source: own?.source ?? 'none',
      fields: effectivePolicy(linkOf(scope, own)[0], wider),
    };
  }

  /** What a scope says itself, and where it lies. A place that could be several is left open. */
  async function look(
    scope: SettingsScope,
  ): Promise<{ readonly place: Place; readonly own: SettingsDocument | undefined }> {
    if (scope.kind === 'conversation') {
      const conversation = await store.conversation(scope.id);
      if (conversation === undefined)
        throw new BluetickError('unknown_conversation', 'There is no such conversation');
      const { channel, business, policy } = conversation;
      const workstream = policies.workstreamOf(conversation);
      return {
        place: { ...(workstream !== undefined && { workstream }), business, channel },
        own:
          policy === undefined
            ? policy
            : { document: parsePolicyDocument(policy, 'conversation'), source: 'stored' },
      };
    }
    return { place: placeOf(scope), own: policies.documentOf(scope) };
  }

  function placeOf(key: ScopeKey): Place {
    switch (key.kind) {
      case 'default':
        return {};
      case 'channel':
        return { channel: key.id };
      case 'business': {
        const channel = only(channelsOf(key.id));
        return { business: key.id, ...(channel !== undefined && { channel }) };
      }
      case 'workstream': {
        const matched =
          policies.scopes().find(each => scopeName(each.key) === scopeName(key))?.businesses ?? [];
        const business = only(matched);
        const channel = only([...new Set(matched.flatMap(channelsOf))]);
        return {
          workstream: key.id,
          ...(business !== undefined && { business }),
          ...(channel !== undefined && { channel }),
        };
      }
    }
  }

  function channelsOf(business: string): readonly ChannelName[] {
    return channels.filter(({ businesses }) => businesses.includes(business)).map(({ name }) => name);
  }
}

function keyIn({ workstream, business, channel }: Place, kind: SettingsScope['kind']): ScopeKey | undefined {
  if (kind === 'default') return { kind };
  if (kind === 'channel') return channel && { kind, id: channel };
  const id = kind === 'business' ? business : kind === 'workstream' ? workstream : undefined;
  return id === undefined || kind === 'conversation' ? undefined : { kind, id };
}

/** A scope's link of the chain, in the words of `PolicyBook.resolve`; none where it has no document. */
function linkOf(scope: SettingsScope, own: SettingsDocument | undefined): readonly PolicyLink[] {
  if (own === undefined) return [];
  const isAlone = scope.kind === 'default' || scope.kind === 'conversation';
  return [{ source: isAlone ? scope.kind : `${scope.kind} ${scope.id}`, document: own.document }];
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

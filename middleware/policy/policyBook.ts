import type { ChannelName, ScopeKey } from '../domain.ts';
import type { Capabilities } from '../ports.ts';
import { checkPolicyBook } from './checkPolicyBook.ts';
import { frozenCopy } from './frozenCopy.ts';
import type { PolicyBookDocument, PolicyDocument } from './policy.ts';
import { type PolicyLink, type ResolvedPolicy, resolvePolicy } from './resolvePolicy.ts';

/** What a policy is asked for. */
export interface PolicyScope {
  readonly channel: ChannelName;
  readonly business: string;
  /** The workstream that the API or a Dynamics 365 event named; one that the book does not know is passed over. */
  readonly workstream?: string;
  /** The settings of the conversation alone, already checked. */
  readonly conversation?: PolicyDocument;
  /** The settings of one message alone, already checked. */
  readonly message?: PolicyDocument;
}

/** What the book needs to know of a channel that is on; a `Channel` is one. */
export interface BookChannel {
  readonly name: ChannelName;
  readonly businesses: readonly string[];
  readonly capabilities: Capabilities;
}

/** A scope that the book has a document of. */
export interface BookScope {
  readonly key: ScopeKey;
  /** Of a workstream: the businesses whose conversations belong to it. */
  readonly businesses?: readonly string[];
}

/** All policies of an installation. A book never changes: {@link PolicyBook.replace} answers another. */
export interface PolicyBook {
  /**
   * The policy that holds in a scope: message, conversation, workstream, business, channel, default, built-in
   * default, the nearest that sets a field first. Where the scope brings no documents of its own the answer
   * was made with the book: this is only looked up, since every message asks for it.
   *
   * @throws BluetickError `invalid_policy` if a document of the scope contradicts the others.
   */
  resolve(scope: PolicyScope): ResolvedPolicy;
  /**
   * The workstream of a scope: the one it names if the book knows it, else the first that matches the
   * business. `match.d365` is not looked at: an event of Dynamics 365 names its workstream in the scope.
   */
  workstreamOf(scope: Pick<PolicyScope, 'business' | 'workstream'>): string | undefined;
  /** The document of a scope as it is in force: one that was put over the file's, else the file's. */
  documentOf(key: ScopeKey): PolicyDocument | undefined;
  /** The scopes that have a document, from the widest to the nearest, each kind in the order of the file. */
  scopes(): readonly BookScope[];
  /**
   * A book with one document put over that of the file. `undefined` takes it away again, so that what the file
   * says holds. A workstream keeps the file's `match`; one that the file does not know has none.
   *
   * @throws BluetickError `invalid_policy` if the new book is not possible; this one stays as it is.
   */
  replace(key: ScopeKey, document: PolicyDocument | undefined): PolicyBook;
}

type Puts = ReadonlyMap<string, { readonly key: ScopeKey; readonly document: PolicyDocument }>;

/**
 * Makes the book of a policy file, and checks all of it, so that no message ever meets a policy that cannot be.
 *
 * - Each document is checked against the channels that its scope implies: a channel's own, the one that serves
 *   a business, those of the businesses that a workstream matches. A scope that is not on is not an error.
 * - Each combination of documents that a conversation can meet is resolved.
 *
 * @param channels the channels that are on.
 * @throws BluetickError `invalid_policy`, with the path of the field in the file.
 */
export function createPolicyBook(file: PolicyBookDocument, channels: readonly BookChannel[]): PolicyBook {
  return openBook(frozenCopy(file), new Map(), channels);
}

function openBook(file: PolicyBookDocument, puts: Puts, channels: readonly BookChannel[]): PolicyBook {
  const book = [...puts.values()].reduce((under, { key, document }) => putOver(under, key, document), file);
  checkPolicyBook(book, channels);

  // Maps, because ids come from outside: `constructor` must find nothing.
  const byChannel = new Map<string, PolicyDocument>(Object.entries(book.channels ?? {}));
  const businesses = new Map(Object.entries(book.businesses ?? {}));
  const workstreams = new Map(Object.entries(book.workstreams ?? {}));
  const matches = new Map<string, string>();
  for (const [id, { match }] of workstreams) {
    for (const business of match?.businesses ?? []) if (!matches.has(business)) matches.set(business, id);
  }

  function workstreamOf({ business, workstream }: Pick<PolicyScope, 'business' | 'workstream'>) {
    return workstream !== undefined && workstreams.has(workstream) ? workstream : matches.get(business);
  }

  function resolveChain(scope: PolicyScope, workstream: string | undefined): ResolvedPolicy {
    const chain: { source: string; document: PolicyDocument | undefined }[] = [
      { source: 'message', document: scope.message },
      { source: 'conversation', document: scope.conversation },
      { source: `workstream ${workstream}`, document: workstreams.get(workstream ?? '')?.policy },
      { source: `business ${scope.business}`, document: businesses.get(scope.business) },
      { source: `channel ${scope.channel}`, document: byChannel.get(scope.channel) },
      { source: 'default', document: book.default },
    ];
    return resolvePolicy(chain.filter((link): link is PolicyLink => link.document !== undefined));
  }

  // What conversations can meet, by channel, business and workstream. Businesses without a document of their
  // own share one table.
  const known = new Map<ChannelName, Map<string, Map<string | undefined, ResolvedPolicy>>>();
  for (const { name, businesses: served } of channels) {
    const tables = new Map<string, Map<string | undefined, ResolvedPolicy>>();
    const shared = new Map<string | undefined, ResolvedPolicy>();
    for (const business of served) {
      const table = businesses.has(business) ? new Map<string | undefined, ResolvedPolicy>() : shared;
      for (const workstream of [matches.get(business), ...workstreams.keys()]) {
        if (table.has(workstream)) continue;
        table.set(workstream, resolveChain({ channel: name, business }, workstream));
      }
      tables.set(business, table);
    }
    known.set(name, tables);
  }

  return Object.freeze({
    workstreamOf,
    resolve(scope: PolicyScope) {
      const workstream = workstreamOf(scope);
      if (scope.message === undefined && scope.conversation === undefined) {
        const resolved = known.get(scope.channel)?.get(scope.business)?.get(workstream);
        if (resolved) return resolved;
      }
      return resolveChain(scope, workstream);
    },
    documentOf(key: ScopeKey) {
      if (key.kind === 'default') return book.default;
      if (key.kind === 'channel') return byChannel.get(key.id);
      if (key.kind === 'business') return businesses.get(key.id);
      return workstreams.get(key.id)?.policy;
    },
    scopes: () => scopesOf(book),
    replace(key: ScopeKey, document: PolicyDocument | undefined) {
      const changed = new Map(puts);
      const name = scopeName(key);
      if (document === undefined) changed.delete(name);
      else changed.set(name, { key: { ...key }, document: frozenCopy(document) });
      return openBook(file, changed, channels);
    },
  });
}

/** The name of a scope, as the API's paths have it: `default`, `channel/meta`. */
export function scopeName(key: ScopeKey): string {
  return 'id' in key ? `${key.kind}/${key.id}` : key.kind;
}

function scopesOf(book: PolicyBookDocument): readonly BookScope[] {
  const channels = Object.keys(book.channels ?? {}) as ChannelName[];
  return [
    ...(book.default === undefined ? [] : [{ key: { kind: 'default' } } as const]),
    ...channels.map(id => ({ key: { kind: 'channel', id } }) as const),
    ...Object.keys(book.businesses ?? {}).map(id => ({ key: { kind: 'business', id } }) as const),
    ...Object.entries(book.workstreams ?? {}).map(([id, { match }]) => ({
      key: { kind: 'workstream', id } as const,
      businesses: match?.businesses ?? [],
    })),
  ];
}

function putOver(book: PolicyBookDocument, key: ScopeKey, document: PolicyDocument): PolicyBookDocument {
  switch (key.kind) {
    case 'default':
      return { ...book, default: document };
    case 'channel':
      return { ...book, channels: { ...book.channels, [key.id]: document } };
    case 'business':
      return { ...book, businesses: { ...book.businesses, [key.id]: document } };
    case 'workstream': {
      const workstream = { ...book.workstreams?.[key.id], policy: document };
      return { ...book, workstreams: { ...book.workstreams, [key.id]: workstream } };
    }
  }
}

import type { ScopeKey } from '../domain.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { type BookScope, type PolicyBook, type PolicyScope, scopeName } from '../policy/policyBook.ts';
import type { ResolvedPolicy } from '../policy/resolvePolicy.ts';
import { parsePolicyDocument } from '../policy/schema.ts';
import type { Store } from '../ports.ts';

/** A document with where it comes from. */
export interface SettingsDocument {
  readonly document: PolicyDocument;
  /** `stored`: it was put, and wins over the file, also after a restart. `file`: the policy file's. */
  readonly source: 'stored' | 'file';
}

/** The policies in force: the file's, with what was put over them since. */
export class PolicySettings {
  readonly #store: Store;
  readonly #stored = new Set<string>();
  #book: PolicyBook;

  private constructor(store: Store, file: PolicyBook) {
    this.#store = store;
    this.#book = file;
  }

  /**
   * Takes the file's book and puts over it what the store keeps.
   *
   * @throws BluetickError `invalid_policy` if the file has changed so that a stored document does not fit any more.
   */
  static async load(store: Store, file: PolicyBook): Promise<PolicySettings> {
    const settings = new PolicySettings(store, file);
    for (const { key, document } of await store.policies()) {
      settings.#book = settings.#book.replace(key, parsePolicyDocument(document, scopeName(key)));
      settings.#stored.add(scopeName(key));
    }
    return settings;
  }

  /** See {@link PolicyBook.resolve}. */
  resolve(scope: PolicyScope): ResolvedPolicy {
    return this.#book.resolve(scope);
  }

  /** The document of a scope, if it has one. */
  documentOf(key: ScopeKey): SettingsDocument | undefined {
    const document = this.#book.documentOf(key);
    return document && { document, source: this.#stored.has(scopeName(key)) ? 'stored' : 'file' };
  }

  /** See {@link PolicyBook.workstreamOf}. */
  workstreamOf(scope: Pick<PolicyScope, 'business' | 'workstream'>): string | undefined {
    return this.#book.workstreamOf(scope);
  }

  /** See {@link PolicyBook.scopes}. */
  scopes(): readonly BookScope[] {
    return this.#book.scopes();
  }

  /**
   * The policies as they would be with a document in force, which changes nothing.
   *
   * @throws BluetickError `invalid_policy`, as {@link put} would.
   */
  tryOut(key: ScopeKey, document: PolicyDocument): Pick<PolicyBook, 'resolve'> {
    return this.#book.replace(key, document);
  }

  /**
   * Puts a document in force: for every decision from now on, also after a restart.
   *
   * @throws BluetickError `invalid_policy`, and nothing changes.
   */
  async put(key: ScopeKey, document: PolicyDocument): Promise<void> {
    const book = this.#book.replace(key, document);
    await this.#store.putPolicy(key, document);
    this.#book = book;
    this.#stored.add(scopeName(key));
  }

  /** Returns to what the file says. */
  async remove(key: ScopeKey): Promise<void> {
    const book = this.#book.replace(key, undefined);
    await this.#store.putPolicy(key, undefined);
    this.#book = book;
    this.#stored.delete(scopeName(key));
  }
}

import type { ScopeKey } from '../domain.ts';
import { asBluetickError, type BluetickError } from '../errors.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { type BookScope, type PolicyBook, type PolicyScope, scopeName } from '../policy/policyBook.ts';
import type { ResolvedPolicy } from '../policy/resolvePolicy.ts';
import { parsePolicyDocument } from '../policy/schema.ts';
import type { Store } from '../ports.ts';
import { OneAtATime } from '../timing/oneAtATime.ts';

/** A document with where it comes from. */
export interface SettingsDocument {
  readonly document: PolicyDocument;
  /** `stored`: it was put, and wins over the file, also after a restart. `file`: the policy file's. */
  readonly source: 'stored' | 'file';
}

/** The policies in force: the file's, with what was put over them since. */
export class PolicySettings {
  readonly #store: Store;
  readonly #file: PolicyBook;
  /** What is read is in force before the next is put, and the other way round. */
  readonly #writing = new OneAtATime();
  #stored: ReadonlySet<string> = new Set();
  #book: PolicyBook;

  private constructor(store: Store, file: PolicyBook) {
    this.#store = store;
    this.#file = file;
    this.#book = file;
  }

  /**
   * Takes the file's book and puts over it what the store keeps.
   *
   * @throws BluetickError `invalid_policy` if the file has changed so that a stored document does not fit any more.
   */
  static async load(store: Store, file: PolicyBook): Promise<PolicySettings> {
    const settings = new PolicySettings(store, file);
    await settings.reload(error => {
      throw error;
    });
    return settings;
  }

  /**
   * Takes what the store keeps now: another process may have put something, or taken it away.
   *
   * @param misfit called for each stored document that does not fit this process's file and channels: it is left out
   * @throws BluetickError `store_unavailable`, and nothing changes; whatever `misfit` throws
   */
  reload(misfit: (error: BluetickError) => void): Promise<void> {
    return this.#writing.run('', async () => {
      const stored = new Set<string>();
      let book = this.#file;
      for (const { key, document } of await this.#store.policies()) {
        try {
          book = book.replace(key, parsePolicyDocument(document, scopeName(key)));
          stored.add(scopeName(key));
        } catch (error) {
          misfit(asBluetickError(error));
        }
      }
      this.#book = book;
      this.#stored = stored;
    });
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
  put(key: ScopeKey, document: PolicyDocument): Promise<void> {
    return this.#replace(key, document);
  }

  /** Returns to what the file says. */
  remove(key: ScopeKey): Promise<void> {
    return this.#replace(key, undefined);
  }

  #replace(key: ScopeKey, document: PolicyDocument | undefined): Promise<void> {
    return this.#writing.run('', async () => {
      const book = this.#book.replace(key, document);
      await this.#store.putPolicy(key, document);
      this.#book = book;
      const others = [...this.#stored].filter(name => name !== scopeName(key));
      this.#stored = new Set(document === undefined ? others : [...others, scopeName(key)]);
    });
  }
}

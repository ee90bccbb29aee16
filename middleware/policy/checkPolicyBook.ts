import { checkPolicy } from './checkPolicy.ts';
import type { PolicyBookDocument, PolicyDocument } from './policy.ts';
import type { BookChannel } from './policyBook.ts';

/**
 * Checks each document of a book for itself: what it states must be possible on every channel that its scope
 * implies. A scope that no channel serves is checked for what is impossible everywhere.
 *
 * @param channels the channels that are on.
 * @throws BluetickError `invalid_policy`, with the path of the field in the file.
 */
export function checkPolicyBook(book: PolicyBookDocument, channels: readonly BookChannel[]): void {
  const serving = (business: string) => channels.filter(channel => channel.businesses.includes(business));
  const check = (document: PolicyDocument, path: string, on: readonly BookChannel[]) => {
    checkPolicy(document, undefined, path);
    for (const { capabilities } of on) checkPolicy(document, capabilities, path);
  };

  check(book.default ?? {}, 'default', []);
  for (const [name, document] of Object.entries(book.channels ?? {})) {
    check(
      document,
      `channels.${name}`,
      channels.filter(channel => channel.name === name),
    );
  }
  for (const [id, document] of Object.entries(book.businesses ?? {})) {
    check(document, `businesses.${id}`, serving(id));
  }
  for (const [id, { match, policy }] of Object.entries(book.workstreams ?? {})) {
    check(policy, `workstreams.${id}.policy`, (match?.businesses ?? []).flatMap(serving));
  }
}

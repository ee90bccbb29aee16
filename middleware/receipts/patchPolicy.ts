import type { Conversation } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import { mergeDocuments } from '../policy/mergeDocuments.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { EngineParts } from './engineParts.ts';

/**
 * Writes a document over a conversation's own policy, field by field. What is open already stays as it was decided.
 *
 * @param document has been checked for the channel
 * @param options.replaces whether it takes the place of what the conversation had of its own. Default no
 * @returns the conversation as it is then
 * @throws BluetickError `invalid_policy` where what comes of it contradicts itself, and nothing changes;
 *   `unknown_conversation`
 */
export async function patchPolicy(
  { store, policyOf, changes }: Pick<EngineParts, 'store' | 'policyOf' | 'changes'>,
  id: string,
  document: PolicyDocument,
  { replaces = false } = {},
): Promise<Conversation> {
  const conversation = await store.conversation(id);
  const policy = replaces ? document : mergeDocuments(conversation?.policy, document);
  if (conversation !== undefined) policyOf({ ...conversation, policy });
  const changed =
    conversation && (await changes.changeConversation(id, { policy: isEmpty(policy) ? null : policy }));
  if (changed === undefined) throw new BluetickError('unknown_conversation', 'There is no such conversation');
  return changed;
}

function isEmpty(document: PolicyDocument): boolean {
  return Object.keys(document).length === 0;
}

import { z } from 'zod';
import { BluetickError } from '../errors.ts';
import { checkPolicy } from '../policy/checkPolicy.ts';
import { policyResolver } from '../receipts/engineParts.ts';
import { defineCommand } from './command.ts';
import { conversationFields, targetFields, told } from './fields.ts';
import { findTarget } from './findTarget.ts';
import { inFlatWords, policyFields, toDocument } from './policyFields.ts';
import { policyOutcome, viewPolicy } from './viewPolicy.ts';

/** Changes when one conversation's receipts, typing and answers go out. */
export const setReceiptPolicy = defineCommand({
  name: 'SetReceiptPolicy',
  summary: 'Set the receipt policy',
  description:
    'Changes when this customer sees “read”, typing and answers, for this conversation alone and from its next message on; what is open already stays as it was decided. Fields that are left out stay as they are. reset takes the conversation’s own settings away first.',
  input: z.strictObject({
    ...targetFields,
    ...policyFields,
    reset: told(
      z.boolean().optional(),
      'Reset',
      'Whether the conversation’s own settings are taken away first. Default false. Alone it returns to the wider policies.',
      false,
    ),
  }),
  output: z.object({ ...conversationFields, ...policyOutcome }),
  errors: ['invalid_request', 'invalid_policy', 'unknown_message', 'unknown_conversation'],
  async run(parts, input) {
    const { reset = false } = input;
    const { conversation } = await findTarget(parts, input);
    const { id, channel } = conversation;
    const capabilities = parts.channels.find(({ name }) => name === channel)?.capabilities;
    return inFlatWords(async () => {
      const document = toDocument(input);
      if (Object.keys(document).length === 0 && !reset) throw noSetting();
      checkPolicy(document, capabilities);
      const after = await parts.engine.patchPolicy(id, document, { replaces: reset });
      return {
        conversationId: id,
        channel,
        ...viewPolicy(policyResolver(parts.policies)(after), after.holder),
      };
    });
  },
});

function noSetting(): BluetickError {
  const message = 'readWhen: got no setting, allowed: one at least, or reset';
  return new BluetickError('invalid_request', message, { field: 'readWhen' });
}

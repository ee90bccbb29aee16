import type { Activity, TurnContext } from 'botbuilder';
import type { Command } from '../../../middleware/commands/command.ts';
import { givenFields } from '../../../middleware/commands/givenFields.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import { isLoopback } from '../../../middleware/isLoopback.ts';
import { isImportPing } from '../../../middleware/turn/activityGuards.ts';
import type { Caller } from '../../access/caller.ts';
import { errorForm } from '../../routes/respond.ts';
import { type CallParts, callCommand } from '../callCommand.ts';

/** What the skill works with. */
export interface SkillParts extends CallParts {
  readonly commands: readonly Command[];
}

/** What ends an agent's call: how it went, and what came of it. */
export interface EndOfCall {
  readonly type: 'endOfConversation';
  /** `completedSuccessfully`, or one of our error codes. */
  readonly code: string;
  readonly value: object;
}

/** Who is on the list may call every command: whom it lets in is the administrator's word. */
const agent: Caller = { role: 'supervisor', via: 'token' };

/**
 * Answers what agents ask of us as their skill. Nothing of it reaches the bot's dialog.
 *
 * @returns runs one turn of an agent that is known and allowed. It throws `invalid_request` where the answer must not go
 *   to the address that the agent names, before anything is done, and `provider_error` where the agent does not take it
 */
export function createSkill(parts: SkillParts): (context: TurnContext) => Promise<void> {
  return async function runSkill(context) {
    checkServiceUrl(context.activity);
    const end = await answerAgent(parts, context.activity);
    if (end === undefined) return;
    try {
      await context.sendActivity(end as Partial<Activity>);
    } catch (cause) {
      throw new BluetickError('provider_error', 'The agent did not take the answer', { cause });
    }
  };
}

/**
 * What an agent's activity is answered by: an event by the command of its name; a message by a refusal, as there is nobody
 * here to talk to, and an agent whose call has no end waits for it (facts/bot-stack.md 2.8).
 *
 * @returns `undefined` where nothing is called: the ping by which Copilot Studio tries a skill before it imports it, the end
 *   of a conversation, and what else agents tell of one
 */
export async function answerAgent(
  { commands, ...parts }: SkillParts,
  { type, name, text, value }: Pick<Activity, 'type'> & Partial<Activity>,
): Promise<EndOfCall | undefined> {
  if (isImportPing({ name, text })) return undefined;
  if (type === 'message')
    return refusal(new BluetickError('unsupported', 'type: got message, allowed: event', { field: 'type' }));
  if (type !== 'event') return undefined;
  const command = commands.find(each => each.name === name);
  if (command === undefined) {
    const allowed = commands.map(each => each.name).join(', ');
    return refusal(new BluetickError('invalid_request', `name: allowed: ${allowed}`, { field: 'name' }));
  }
  const answer = await callCommand(parts, command, givenFields(value), agent);
  if ('error' in answer) return refusal(answer.error);
  return { type: 'endOfConversation', code: 'completedSuccessfully', value: answer.output };
}

/** In the form of every way in, and flat beside it: a maker's topic reads flat fields only. */
function refusal(error: BluetickError): EndOfCall {
  const { code, message } = error;
  const value = { ...errorForm(error), errorCode: code, errorMessage: message };
  return { type: 'endOfConversation', code, value };
}

/**
 * The token of an agent does not say where answers go, as a channel's does, and a token of ours goes there. (With
 * `expectReplies` none is sent.)
 */
function checkServiceUrl({ serviceUrl, deliveryMode }: Activity): void {
  if (deliveryMode === 'expectReplies') return;
  const { protocol, hostname } = new URL(serviceUrl);
  if (protocol === 'https:' || isLoopback(hostname)) return;
  throw new BluetickError('invalid_request', `serviceUrl: got ${protocol}, allowed: https:`, {
    field: 'serviceUrl',
  });
}

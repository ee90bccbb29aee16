import { z } from 'zod';
import { BluetickError } from '../errors.ts';
import { agentEvents } from '../receipts/agentReports.ts';
import { checkName } from './asking.ts';
import { defineCommand } from './command.ts';
import { conversationFields, holderFields, targetFields, told } from './fields.ts';
import { findTarget } from './findTarget.ts';

const name = z.string().min(1).max(200);

/** Tells what a human agent did with a conversation, and releases what waits for it. */
export const reportAgentEvent = defineCommand({
  name: 'ReportAgentEvent',
  summary: 'Report what an agent did',
  description:
    'Tells Bluetick what a human agent did: accepted, opened, typing, replied, transferred or closed. It hands the conversation to agents where the bot has it, and releases the receipts that wait for that event; closed gives it back to the bot.',
  input: z.strictObject({
    ...targetFields,
    event: told(z.enum(agentEvents), 'Event', 'What the agent did.', 'opened'),
    agent: told(name.optional(), 'Agent', 'The agent, by the name that colleagues know.', 'Kim'),
    to: told(
      name.optional(),
      'To',
      'With transferred: the agent whom it goes to. Default: whoever comes first.',
      'Lee',
    ),
  }),
  output: z.object({
    ...conversationFields,
    ...holderFields,
    assignedTo: told(
      z.string().optional(),
      'Assigned to',
      'The agent whom it was transferred to, while it waits for them.',
      'Lee',
    ),
  }),
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation', 'forbidden'],
  async run({ engine, ...parts }, { event, agent: reported, to, ...named }, by) {
    if (to !== undefined && event !== 'transferred')
      throw new BluetickError('invalid_request', 'to: allowed: with the event "transferred"', {
        field: 'to',
      });
    checkName(by, reported);
    const { conversation } = await findTarget(parts, named);
    const { via } = by;
    const agent = reported ?? by.agent;
    const after = await engine.reportAgent(conversation.id, event, {
      ...(via !== undefined && { via }),
      ...(agent !== undefined && { agent }),
      ...(to !== undefined && { to }),
    });
    return {
      conversationId: after.id,
      channel: after.channel,
      holder: after.holder,
      ...(after.agent !== undefined && { agent: after.agent }),
      ...(after.assignedTo !== undefined && { assignedTo: after.assignedTo }),
    };
  },
});

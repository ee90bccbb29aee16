import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '..', '..', 'bot', 'copilot', 'topics');

/** A node of a topic, as far as the tests walk it. */
export interface TopicNode {
  readonly kind: string;
  readonly id: string;
  readonly activity?: string | { readonly kind: string; readonly name?: string; readonly value?: string };
  readonly transferType?: { readonly messageToAgent?: string };
}

/** A topic of `bot/copilot/topics`. */
export interface Topic {
  /** Its file's name without the ending. */
  readonly name: string;
  /** All that the file says. */
  readonly document: unknown;
  readonly nodes: readonly TopicNode[];
  /** What a customer writes to start it. */
  readonly trigger: string;
}

/** Reads the ready-made topics. */
export function readTopics(): readonly Topic[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.yml'))
    .map(file => {
      const document = parse(readFileSync(join(folder, file), 'utf8'));
      const { actions, intent } = document.beginDialog;
      const [trigger] = intent.triggerQueries;
      return { name: file.replace('.yml', ''), document, nodes: actions, trigger };
    });
}

/** What an agent of Copilot Studio sends for the nodes of a topic, one activity a node. */
export function activitiesOf({ name, nodes }: Topic): readonly object[] {
  return nodes.map(({ kind, activity, transferType }) => {
    if (kind === 'TransferConversationV2')
      // The variables that it hands over (facts/bot-stack.md 5.3).
      return {
        type: 'event',
        name: 'handoff.initiate',
        value: { va_AgentMessage: transferType?.messageToAgent, va_LastTopic: name, va_Language: 'en-US' },
      };
    if (kind !== 'SendActivity' || activity === undefined) throw new Error(`${name}: no test runs a ${kind}`);
    if (typeof activity === 'string') return { type: 'message', text: activity };
    const value = activity.value && recordOf(activity.value);
    return { type: 'event', name: activity.name, ...(value !== undefined && { value }) };
  });
}

/** The value of a Power Fx record that is made of literals: JSON, but for its names, which have no quotes. */
function recordOf(formula: string): unknown {
  if (!formula.startsWith('=')) throw new Error(`no formula: ${formula}`);
  return JSON.parse(formula.slice(1).replace(/([{,]\s*)(\w+)(\s*:)/g, '$1"$2"$3'));
}

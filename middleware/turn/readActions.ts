import type { InteractiveChoice } from '../domain.ts';
import { fieldsOf, textOf } from './fields.ts';

/** The actions of a card or a message: what can be pressed on WhatsApp, and what can only be told. */
export interface Actions {
  readonly choices: readonly InteractiveChoice[];
  /** `title: address` for actions that open, call or the like. */
  readonly lines: readonly string[];
}

/** Reads Bot Framework's card actions, as suggested actions and hero cards have them. */
export function readActions(actions: readonly unknown[]): Actions {
  const choices: InteractiveChoice[] = [];
  const lines: string[] = [];
  for (const action of actions) {
    const { type, title, value, text, displayText } = fieldsOf(action);
    if (/^(im|message|post)Back$/i.test(textOf(type))) {
      const id = payloadOf(value) || textOf(text);
      const choice = toChoice(textOf(title) || textOf(displayText) || textOf(text), id);
      if (choice !== undefined) choices.push(choice);
    } else {
      lines.push(toLine(textOf(title), textOf(value)));
    }
  }
  return { choices, lines: lines.filter(line => line !== '') };
}

/** A choice; without a title its id is shown, without an id its title comes back. */
export function toChoice(title: string, id: string): InteractiveChoice | undefined {
  // A button has one line only.
  const shown = (title || id).replaceAll(/\s+/g, ' ').trim();
  return shown === '' ? undefined : { id: id || shown, title: shown };
}

/** `title: address`, or what there is of it. */
export function toLine(title: string, address: string): string {
  return title === address ? title : [title, address].filter(part => part !== '').join(': ');
}

/** What a button carries, as a text: a text as it is, anything else as JSON; empty if there is nothing in it. */
export function payloadOf(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'string') return textOf(value);
  return JSON.stringify(value) ?? '';
}

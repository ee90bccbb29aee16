import type { InteractiveChoice } from '../domain.ts';
import { fieldsOf, linesOf, listOf, textOf } from './fields.ts';
import { payloadOf, toChoice, toLine } from './readActions.ts';
import { limits } from './whatsAppLimits.ts';

type Fields = ReturnType<typeof fieldsOf>;

interface Found {
  readonly lines: string[];
  readonly images: string[];
  readonly choices: InteractiveChoice[];
}

/** The fields that hold elements, in the order in which a card shows them. */
const nested = ['body', 'items', 'columns', 'rows', 'cells', 'images', 'pages', 'actions'] as const;

/**
 * Reads an adaptive card: its texts in their order, the addresses of its images, its actions. Elements are read by
 * their fields, so that those of later versions say what they hold. WhatsApp has no fields to fill in: of an input
 * the label, the hint and the options remain, as text.
 */
export function readAdaptiveCard(content: unknown): {
  title: string;
  text: string;
  images: readonly string[];
  choices: readonly InteractiveChoice[];
} {
  const found: Found = { lines: [], images: [], choices: [] };
  readElement(content, found);
  return { title: '', text: linesOf(...found.lines), images: found.images, choices: found.choices };
}

function readElement(element: unknown, found: Found): void {
  if (typeof element !== 'object' || element === null) return;
  const fields = fieldsOf(element);
  const type = textOf(fields.type);
  if (type.startsWith('Action.')) readAction(type, fields, found);
  else readParts(type, fields, found);
}

function readParts(type: string, fields: Fields, found: Found): void {
  const inlines = listOf(fields.inlines);
  found.lines.push(
    textOf(fields.text),
    // A run may be a space between two others.
    inlines
      .map(inline => String((typeof inline === 'string' ? inline : fieldsOf(inline).text) ?? ''))
      .join(''),
    ...listOf(fields.facts).map(fact => toLine(textOf(fieldsOf(fact).title), textOf(fieldsOf(fact).value))),
    textOf(fields.label),
    textOf(fields.placeholder),
    ...listOf(fields.choices).map(choice => textOf(fieldsOf(choice).title)),
    ...listOf(fields.sources).map(source => textOf(fieldsOf(source).url)),
  );
  if (type.startsWith('Input.')) found.lines.push(textOf(fields.title));
  if (type === 'Image' && textOf(fields.url) !== '') found.images.push(textOf(fields.url));
  for (const inline of inlines) readElement(fieldsOf(inline).selectAction, found);
  for (const field of nested) {
    for (const child of listOf(fields[field])) readElement(child, found);
  }
  readElement(fields.inlineAction, found);
  readElement(fields.selectAction, found);
}

function readAction(type: string, fields: Fields, found: Found): void {
  const title = textOf(fields.title);
  if (type === 'Action.Submit' || type === 'Action.Execute') {
    const data = payloadOf(fields.data);
    const choice = toChoice(title, data.length <= limits.choiceId && data !== '{}' ? data : '');
    if (choice !== undefined) found.choices.push(choice);
    return;
  }
  found.lines.push(toLine(title, type === 'Action.OpenUrl' ? textOf(fields.url) : ''));
  // What WhatsApp cannot unfold is shown at once.
  readElement(fields.card, found);
}

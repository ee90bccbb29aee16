import type { Interactive } from '../../domain.ts';
import { richCard } from './richCard.ts';

/**
 * Buttons or a list: a text, or the card of the file above it, and what the customer may tap. The id of what was tapped
 * comes back as `postbackData`.
 */
export function interactiveBody(interactive: Interactive): object {
  const { header } = interactive;
  const text = textOf(interactive);
  const choices = interactive.kind === 'buttons' ? interactive.buttons : interactive.rows;
  const suggestions = choices.map(({ id, title }) => ({ reply: { text: title, postbackData: id } }));
  const fileUrl = header !== undefined && 'url' in header ? header.url : undefined;
  return fileUrl === undefined ? { text, suggestions } : richCard(fileUrl, text, suggestions);
}

/** What stands around the choices, as one text: neither format has headers, footers or lists. */
export function textOf(interactive: Interactive): string {
  const { header, body } = interactive;
  const title = header !== undefined && 'text' in header ? [header.text] : [];
  if (interactive.kind === 'buttons') {
    const { footer } = interactive;
    return [...title, body, ...(footer === undefined ? [] : [footer])].join('\n\n');
  }
  const rows = interactive.rows.flatMap(row =>
    row.description === undefined ? [] : [`${row.title}: ${row.description}`],
  );
  return [...title, body, ...(rows.length === 0 ? [] : [rows.join('\n')])].join('\n\n');
}

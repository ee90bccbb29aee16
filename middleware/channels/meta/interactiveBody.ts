import type { Interactive, InteractiveHeader } from '../../domain.ts';

/**
 * The `interactive` part of a send: reply buttons or a list, as Meta's public pages on interactive messages show them.
 * Our sheet of facts does not hold them. A list of one section needs no title for it.
 */
export function interactiveBody(interactive: Interactive): object {
  const { header, body, footer } = interactive;
  const shared = {
    ...(header === undefined ? {} : { header: headerBody(header) }),
    body: { text: body },
    ...(footer === undefined ? {} : { footer: { text: footer } }),
  };
  if (interactive.kind === 'buttons') {
    const buttons = interactive.buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } }));
    return { type: 'button', ...shared, action: { buttons } };
  }
  const rows = interactive.rows.map(({ id, title, description }) => ({
    id,
    title,
    ...(description === undefined ? {} : { description }),
  }));
  return { type: 'list', ...shared, action: { button: interactive.button, sections: [{ rows }] } };
}

function headerBody(header: InteractiveHeader): object {
  if ('text' in header) return { type: 'text', text: header.text };
  const { type, url, fileName } = header;
  const named = type === 'document' && fileName !== undefined ? { filename: fileName } : {};
  return { type, [type]: { link: url, ...named } };
}

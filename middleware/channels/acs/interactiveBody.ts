import type { Interactive, InteractiveHeader } from '../../domain.ts';

/**
 * The `interactiveMessage` part of a send: reply buttons or a list (specification 2025-09-01-preview, definitions
 * `InteractiveMessage`, `ButtonSetContent` and `ActionGroupContent`, at the commit that the facts name).
 */
export function interactiveBody(interactive: Interactive): object {
  const { header, body, footer } = interactive;
  return {
    ...(header === undefined ? {} : { header: headerBody(header) }),
    body: textBody(body),
    ...(footer === undefined ? {} : { footer: textBody(footer) }),
    action: actionBody(interactive),
  };
}

function actionBody(interactive: Interactive): object {
  if (interactive.kind === 'buttons') {
    const buttons = interactive.buttons.map(({ id, title }) => ({ id, title }));
    return { kind: 'whatsAppButtonAction', content: { kind: 'buttonSet', buttons } };
  }
  const { button: title, rows } = interactive;
  // A group must have a title and a row a description here, which Meta does not ask for: each stands in for what is not
  // there. Whether an empty text would be taken is not documented.
  const items = rows.map(({ id, title, description = title }) => ({ id, title, description }));
  return { kind: 'whatsAppListAction', content: { kind: 'group', title, groups: [{ title, items }] } };
}

function headerBody(header: InteractiveHeader): object {
  return 'text' in header ? textBody(header.text) : { kind: header.type, mediaUri: header.url };
}

function textBody(text: string): object {
  return { kind: 'text', text };
}

import type { Interactive, Media } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';

/** What a customer may tap; the id comes back as `postbackData`. Both formats write it the same. */
export function suggestionsOf(interactive: Interactive): object[] {
  const choices = interactive.kind === 'buttons' ? interactive.buttons : interactive.rows;
  return choices.map(({ id, title }) => ({ reply: { text: title, postbackData: id } }));
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

/** The address of the file above an interactive message, if there is one. */
export function headerFile({ header }: Interactive): string | undefined {
  return header !== undefined && 'url' in header ? header.url : undefined;
}

/** A file with a text under it, and what may be tapped. */
export function cardOf(fileUrl: string, description: string, suggestions: readonly object[]): object {
  const media = { height: 'MEDIUM', contentInfo: { fileUrl } };
  return {
    standaloneCard: {
      cardOrientation: 'VERTICAL',
      cardContent: { description, media, ...(suggestions.length > 0 && { suggestions }) },
    },
  };
}

/** The address that Google fetches a file from. It knows no ids of other providers' files. */
export function addressOf({ url }: Media): string {
  if (url !== undefined) return url;
  throw new ProviderError('A file needs an address to be sent', {
    fault: 'permanent',
    providerCode: 'no_media',
    is: 'media_refused',
  });
}

/** Templates are WhatsApp's: with no window there is nothing that they are needed for. */
export function noTemplates(): ProviderError {
  return new ProviderError('Google has no templates: any message may be sent at any time', {
    fault: 'permanent',
    providerCode: 'no_templates',
    is: 'template_refused',
  });
}

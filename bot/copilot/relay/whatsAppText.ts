/**
 * Markdown, which agents of Copilot Studio write, in WhatsApp's own marks, which differ:
 *
 * | Markdown | WhatsApp (faq.whatsapp.com/539178204879377) |
 * |---|---|
 * | `**bold**`, `# a heading` | `*bold*` |
 * | `*italic*` | `_italic_` |
 * | `~~struck~~` | `~struck~` |
 * | `* an item` | `- an item` |
 * | `[title](address)` | `title: address` |
 *
 * Code stays as it is: WhatsApp has the same marks for it.
 */
export function whatsAppText(markdown: string): string {
  return markdown
    .split(code)
    .map((part, index) => (index % 2 === 1 ? part : inline(lines(part))))
    .join('');
}

const code = /(```[\s\S]*?```|`[^`\n]+`)/;

/** What a line begins and ends with. */
function lines(text: string): string {
  return text
    .replace(/^#{1,6}[ \t]+(.+)$/gm, (_, title: string) => headingOf(title))
    .replace(/^([ \t]*)[*+][ \t]+/gm, '$1- ')
    .replace(/<br ?\/?>/gi, '\n')
    .replace(/(?<![ \t])[ \t]+$/gm, '');
}

/** WhatsApp has no headings. What is bold in one is so anyway, and the marks that close it are none. */
function headingOf(title: string): string {
  const words = title.replace(/(?<![ \t])[ \t]+#+[ \t]*$/, '').replaceAll('**', '');
  return `**${words.trim()}**`;
}

/**
 * An escaped character; a link or a picture; bold and italic; bold; italic; struck. Each stays within a line and is of bounded
 * length, so that no text takes long. What no mark closes, and what stands within a word, is left as it is.
 */
const mark = new RegExp(
  [
    /\\(?<escaped>[!-/:-@[-`{-~])/,
    /!?\[(?<title>[^\]\n]{0,500})\]\((?<address>[^\s)]{1,2000})(?: "[^"\n]{0,200}")?\)/,
    /(?<![*\w])\*{3}(?=\S)(?<both>.{1,1000}?)(?<=\S)\*{3}(?![*\w])/,
    /\*\*(?=\S)(?<bold>.{1,1000}?)(?<=\S)\*\*/,
    /(?<!\w)__(?=\S)(?<strong>.{1,1000}?)(?<=\S)__(?!\w)/,
    /(?<![*\w])\*(?=[^\s*])(?<italic>.{1,1000}?)(?<=[^\s*])\*(?![*\w])/,
    /~~(?=\S)(?<struck>.{1,1000}?)(?<=\S)~~/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function inline(text: string): string {
  return text.replace(mark, (...match) => {
    const found: Readonly<Record<string, string | undefined>> = match.at(-1);
    const { escaped, title, address, both, bold = found.strong, italic, struck } = found;
    if (escaped !== undefined) return escaped;
    if (address !== undefined) return linkOf(title ?? '', address);
    if (both !== undefined) return `*_${inline(both)}_*`;
    if (bold !== undefined) return `*${inline(bold)}*`;
    if (italic !== undefined) return `_${inline(italic)}_`;
    return `~${inline(struck ?? '')}~`;
  });
}

/** WhatsApp makes a link of every address, number and e-mail address by itself, and of nothing else. */
function linkOf(title: string, address: string): string {
  const plain = address.replace(/^(mailto|tel):/i, '');
  const told = inline(title.trim());
  return told === '' || told === plain ? plain : `${told}: ${plain}`;
}

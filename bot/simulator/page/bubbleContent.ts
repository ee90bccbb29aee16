import type { PhoneMessage } from '../phoneScreen.ts';

/** A file in a bubble. */
export interface ShownFile {
  readonly kind: 'image' | 'document' | 'audio' | 'video';
  /** Absent where it is at another host, from which this page loads nothing. */
  readonly url?: string;
  readonly name?: string;
}

/** A row of a list that can be pressed. */
export interface ShownRow {
  readonly title: string;
  readonly description?: string;
}

/** What a bubble shows beside the time and the ticks. */
export interface BubbleContent {
  readonly header?: string;
  readonly text?: string;
  readonly footer?: string;
  readonly file?: ShownFile;
  /** The titles of buttons. */
  readonly buttons: readonly string[];
  readonly list?: { readonly button: string; readonly rows: readonly ShownRow[] };
  readonly template?: { readonly name: string; readonly parameters: readonly string[] };
  /** The id of the message that it quotes. */
  readonly quotes?: string;
}

/** The API's body of a message, in either direction: whatever is missing shows nothing. */
interface Body {
  readonly context?: { readonly id?: string; readonly message_id?: string };
  readonly template?: { readonly name?: string; readonly components?: readonly Component[] };
  readonly interactive?: Interactive;
  readonly [type: string]: unknown;
}

interface Component {
  readonly parameters?: readonly { readonly type?: string; readonly text?: string }[];
}

interface Interactive {
  readonly header?: { readonly text?: string };
  readonly body?: { readonly text?: string };
  readonly footer?: { readonly text?: string };
  readonly action?: {
    readonly button?: string;
    readonly buttons?: readonly { readonly reply?: { readonly title?: string } }[];
    readonly sections?: readonly { readonly rows?: readonly ShownRow[] }[];
  };
}

interface File {
  readonly id?: string;
  readonly link?: string;
  readonly filename?: string;
}

const fileKinds = {
  image: 'image',
  sticker: 'image',
  document: 'document',
  audio: 'audio',
  video: 'video',
} as const;

/** What the bubble of a message shows. */
export function bubbleContent(message: PhoneMessage, customer: string): BubbleContent {
  const body = message.body as Body;
  const { interactive, template, context } = body;
  const file = fileOf(message, body, customer);
  const text = template === undefined ? message.text : undefined;
  const quotes = context?.id ?? context?.message_id;
  return {
    ...(text !== undefined && { text }),
    ...(file && { file }),
    ...(interactive && interactiveContent(interactive)),
    buttons: (interactive?.action?.buttons ?? []).flatMap(({ reply }) => reply?.title ?? []),
    ...(template?.name !== undefined && {
      template: { name: template.name, parameters: parametersOf(template.components) },
    }),
    ...(quotes !== undefined && { quotes }),
  };
}

function interactiveContent({ header, body, footer, action }: Interactive): Partial<BubbleContent> {
  const rows = action?.sections?.flatMap(section => section.rows ?? []) ?? [];
  return {
    ...(header?.text !== undefined && { header: header.text }),
    ...(body?.text !== undefined && { text: body.text }),
    ...(footer?.text !== undefined && { footer: footer.text }),
    ...(rows.length > 0 && { list: { button: action?.button ?? '', rows } }),
  };
}

function parametersOf(components: readonly Component[] = []): string[] {
  return components.flatMap(({ parameters = [] }) => parameters.flatMap(({ text }) => text ?? []));
}

function fileOf({ type, from }: PhoneMessage, body: Body, customer: string): ShownFile | undefined {
  const kind = Object.hasOwn(fileKinds, type) ? fileKinds[type as keyof typeof fileKinds] : undefined;
  const part = body[type] as File | undefined;
  if (kind === undefined || part === undefined) return undefined;
  const isOwn = from === 'customer' && part.id !== undefined;
  const url = isOwn ? `/phone/${customer}/files/${part.id}` : ownPath(part.link ?? '');
  return { kind, ...(url && { url }), ...(part.filename !== undefined && { name: part.filename }) };
}

/**
 * The path of a file that this host serves, whatever name of this machine stands before it: the page may load nothing from
 * elsewhere, and is itself reached by more than one name.
 */
function ownPath(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  return url !== undefined && /^\/(files|pictures)\//.test(url.pathname) ? url.pathname : undefined;
}

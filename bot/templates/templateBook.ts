import type { ChannelName, Template } from '../../middleware/domain.ts';

/** A template whose text is known here. The provider approved it: here it is only told, to be chosen and to be read. */
export interface KnownTemplate {
  /** The name under which the provider approved it. */
  readonly name: string;
  /** The language code under which it was approved, such as `en_US`. */
  readonly language: string;
  /** Its text, with `{{name}}` where a parameter goes. */
  readonly text: string;
  /** The parameters of its body, in order. */
  readonly parameters: readonly { readonly name: string; readonly example: string }[];
  /** The channels on which it was approved. Default all. */
  readonly channels?: readonly ChannelName[];
}

/** The templates that an agent may choose from, and that a thread is read with. */
export class TemplateBook {
  readonly #known: readonly KnownTemplate[];

  constructor(known: readonly KnownTemplate[]) {
    this.#known = known;
  }

  /** Those of a channel, or all. */
  list(channel?: ChannelName): readonly KnownTemplate[] {
    return this.#known.filter(
      ({ channels }) => channel === undefined || (channels?.includes(channel) ?? true),
    );
  }

  /** What a template says with its parameters filled in; `undefined` where its text is not known. */
  textOf({ name, language, body = [] }: Template): string | undefined {
    const known = this.#known.find(each => each.name === name && each.language === language);
    if (known === undefined) return undefined;
    const values = new Map(known.parameters.map((parameter, place) => [parameter.name, body[place]]));
    return known.text.replace(placeholder, (whole, parameter: string) => {
      const value = values.get(parameter);
      return value?.type === 'text' ? value.text : whole;
    });
  }
}

/** Where a parameter goes in a text. */
const placeholder = /\{\{(\w+)\}\}/g;

/** The names of the parameters that a text has places for, each once. */
export function placesOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(placeholder)].map(([, name = '']) => name));
}

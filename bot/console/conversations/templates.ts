/** A template that an agent may choose: `GET /api/v1/templates`. */
export interface TemplateView {
  readonly name: string;
  readonly language: string;
  /** What it says, with `{{name}}` where a parameter stands. */
  readonly text: string;
  readonly parameters: readonly { readonly name: string; readonly example: string }[];
}

/** What a template says with its parameters; what is not filled in yet stands as its example. */
export function filled({ text, parameters }: TemplateView, values: Readonly<Record<string, string>>): string {
  const examples = new Map(parameters.map(({ name, example }) => [name, example]));
  return text.replace(
    /\{\{(\w+)\}\}/g,
    (hole, name: string) => values[name] || `[${examples.get(name) ?? hole}]`,
  );
}

/** Whether nothing is missing. */
export function isComplete({ parameters }: TemplateView, values: Readonly<Record<string, string>>): boolean {
  return parameters.every(({ name }) => (values[name] ?? '').trim() !== '');
}

/** The template as `POST /api/v1/conversations/{id}/messages` has it: its parameters by their order. */
export function templateBody(
  { name, language, parameters }: TemplateView,
  values: Readonly<Record<string, string>>,
) {
  const body = parameters.map(parameter => ({ type: 'text', text: (values[parameter.name] ?? '').trim() }));
  return { template: { name, language, ...(body.length > 0 && { body }) } };
}

import { z } from 'zod';

/** A field of a command, as JSON Schema tells it. */
export interface FieldSchema {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly examples: readonly (string | number | boolean)[];
  readonly [rule: string]: unknown;
}

/** The flat form of what a command is given or answers. */
export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  /** Only what is given is closed: an answer may have more fields one day. */
  readonly additionalProperties?: false;
  readonly [rule: string]: unknown;
}

/** What a command is given, as JSON Schema. */
export function inputSchema(form: z.ZodObject): FormSchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(form, { io: 'input' });
  return schema as unknown as FormSchema;
}

/** What a command answers, as JSON Schema. */
export function outputSchema(form: z.ZodObject): FormSchema {
  const { $schema: _dialect, additionalProperties: _open, ...schema } = z.toJSONSchema(form);
  return schema as unknown as FormSchema;
}

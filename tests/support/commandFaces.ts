import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import { type FormSchema, inputSchema, outputSchema } from '../../bot/copilot/commandSchema.ts';
import { errorsKey } from '../../bot/copilot/mcpServer.ts';
import { errorFields, sharedErrors, type skillManifest } from '../../bot/copilot/skill/skillManifest.ts';
import type { Command } from '../../middleware/commands/command.ts';

/** A field as every way in must tell it. */
export interface FaceField {
  readonly isNeeded: boolean;
  readonly title: unknown;
  readonly description: unknown;
  readonly example: unknown;
  /** Type, values and bounds. */
  readonly rules: Readonly<Record<string, unknown>>;
}

/** A command as a way in shows it. */
export interface Face {
  readonly summary: unknown;
  readonly description: unknown;
  readonly input: Readonly<Record<string, FaceField>>;
  readonly output: Readonly<Record<string, FaceField>>;
  readonly errors: readonly string[];
}

/** What a way in shows, by the names of the commands. */
export type Faces = Readonly<Record<string, Face>>;

/** What the commands themselves say. */
export function facesOfCommands(commands: readonly Command[]): Faces {
  return Object.fromEntries(
    commands.map(({ name, summary, description, input, output, errors }) => [
      name,
      {
        summary,
        description,
        input: fieldsOf(inputSchema(input)),
        output: fieldsOf(outputSchema(output)),
        errors: [...errors].sort(),
      },
    ]),
  );
}

/** What the listing of tools says. */
export function facesOfTools(tools: readonly Tool[]): Faces {
  return Object.fromEntries(
    tools.map(({ name, title, description = '', inputSchema, outputSchema, _meta }) => {
      const [, told, codes = ''] = /^(.*) Errors: ([\w, ]*)\.$/s.exec(description) ?? [];
      const named = _meta?.[errorsKey] as readonly string[];
      return [
        name,
        {
          summary: title,
          description: told,
          input: fieldsOf(inputSchema as unknown as FormSchema),
          output: fieldsOf(outputSchema as unknown as FormSchema),
          // Both lists must say the same.
          errors: [...new Set([...named, ...codes.split(', ')])].sort(),
        },
      ];
    }),
  );
}

/** What of a Swagger document is looked at. */
export interface SwaggerFace {
  readonly paths: Readonly<Record<string, { readonly post: SwaggerOperation }>>;
}

interface SwaggerOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { readonly schema: unknown }[];
  // biome-ignore lint/suspicious/noExplicitAny: what is not there makes the comparison fail
  readonly responses: Readonly<Record<string, any>>;
}

/** What the Swagger document says. */
export function facesOfSwagger({ paths }: SwaggerFace): Faces {
  return Object.fromEntries(
    Object.entries(paths).map(([path, { post }]) => {
      const { operationId, summary, description, parameters, responses } = post;
      if (!path.endsWith(`/${operationId}`)) throw new Error(`${path} is not where ${operationId} lies`);
      const own = Object.entries(responses).filter(
        ([status, response]) => status !== '200' && !('$ref' in response),
      );
      const errors = own.flatMap(([, { schema }]) => schema.properties.error.properties.code.enum);
      return [
        operationId,
        {
          summary,
          description,
          input: fieldsOf(parameters[0]?.schema as FormSchema),
          output: fieldsOf(responses[200].schema),
          errors: errors.sort(),
        },
      ];
    }),
  );
}

/** What the manifest of the skill says. */
export function facesOfManifest({ activities }: Pick<ReturnType<typeof skillManifest>, 'activities'>): Faces {
  return Object.fromEntries(
    Object.entries(activities).map(([key, { type, name, description, value, resultValue }]) => {
      if (type !== 'event' || key !== name) throw new Error(`${key} is not the event ${name}`);
      const output = fieldsOf(resultValue);
      const codes = (output.errorCode?.rules.enum ?? []) as (typeof sharedErrors)[number][];
      // They are of no command: what ends a call says by them that none of the others is there.
      for (const field of errorFields) delete output[field];
      return [
        name,
        {
          summary: value.title,
          description,
          input: fieldsOf(value),
          output,
          errors: codes.filter(code => !sharedErrors.includes(code)).sort(),
        },
      ];
    }),
  );
}

/** What the events of topics say: the fields of each, by its name. */
export function fieldsOfEvents(events: Readonly<Record<string, z.ZodObject>>) {
  return Object.fromEntries(
    Object.entries(events).map(([name, form]) => [name, fieldsOf(inputSchema(form))]),
  );
}

function fieldsOf({ properties, required = [] }: FormSchema): Record<string, FaceField> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => {
      const { title, description, examples, example, ...rest } = field;
      const {
        'x-ms-summary': summary,
        'x-ms-visibility': _shown,
        ...rules
      } = rest as Record<string, unknown>;
      return [
        name,
        {
          isNeeded: required.includes(name),
          title: title ?? summary,
          description,
          example: example ?? examples?.[0],
          rules,
        },
      ];
    }),
  );
}

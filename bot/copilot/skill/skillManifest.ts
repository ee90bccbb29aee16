import type { Command } from '../../../middleware/commands/command.ts';
import type { ErrorCode } from '../../../middleware/errors.ts';
import { about } from '../about.ts';
import { type FieldSchema, type FormSchema, inputSchema, outputSchema } from '../commandSchema.ts';

/** Where the manifest is served. */
export const manifestPath = '/manifest/bluetick-2.2.json';

/** Where agents send what they ask. */
export const skillEndpoint = '/api/messages';

/** What of the settings is in the manifest. */
export interface SkillAddress {
  /** `PUBLIC_URL`, without a slash at the end. */
  readonly publicUrl: string;
  /** `MicrosoftAppId`. */
  readonly appId: string;
}

/** The errors that any command may end in, beside its own. */
export const sharedErrors: readonly ErrorCode[] = ['store_unavailable', 'internal'];

/** What an action answers beside the command's output: Copilot Studio reads flat fields only, and shows no code. */
export const errorFields = ['errorCode', 'errorMessage'] as const;

/**
 * The commands as a skill of Copilot Studio, by the Bot Framework's schema 2.2: each is an event with the command's name,
 * its fields in `value` and, in what ends the conversation, in `resultValue`.
 */
export function skillManifest(commands: readonly Command[], { publicUrl, appId }: SkillAddress) {
  return {
    $schema: 'https://schemas.botframework.com/schemas/skills/v2.2/skill-manifest.json',
    $id: about.name,
    ...about,
    publisherName: about.name,
    endpoints: [
      {
        name: 'default',
        protocol: 'BotFrameworkV3',
        description: 'The Bluetick host',
        endpointUrl: `${publicUrl}${skillEndpoint}`,
        msAppId: appId,
      },
    ],
    activities: Object.fromEntries(commands.map(command => [command.name, activityOf(command)])),
  };
}

function activityOf({ name, summary, description, input, output, errors }: Command) {
  const answered = outputSchema(output);
  return {
    type: 'event',
    name,
    description,
    value: { title: summary, ...inputSchema(input) },
    resultValue: {
      ...answered,
      properties: { ...answered.properties, ...errorSchemas(errors) },
    } satisfies FormSchema,
  };
}

function errorSchemas(errors: readonly ErrorCode[]): Record<(typeof errorFields)[number], FieldSchema> {
  return {
    errorCode: {
      type: 'string',
      enum: [...errors, ...sharedErrors],
      title: 'Error code',
      description:
        'What went wrong, by a code that stays. Absent: nothing did. With it there is no other answer than the message.',
      examples: [errors[0] ?? 'internal'],
    },
    errorMessage: {
      type: 'string',
      title: 'Error message',
      description: 'What went wrong, for people: it names the field at fault, where one is.',
      examples: ['channel: needed with messageId'],
    },
  };
}

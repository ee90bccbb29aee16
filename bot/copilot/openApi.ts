import type { Command } from '../../middleware/commands/command.ts';
import { type ErrorCode, errorStatus } from '../../middleware/errors.ts';
import { about } from './about.ts';
import { type FieldSchema, type FormSchema, inputSchema, outputSchema } from './commandSchema.ts';

/** Where the commands are served; each has its name behind it. */
export const commandsPath = '/api/v1/commands';

/** The fields that Copilot Studio shows before all others, beside those that are needed. */
const important = ['messageId', 'conversationId', 'customer', 'readWhen', 'text', 'outcome'];

/** What any call may be answered that never came to its command. */
const sharedResponses = {
  Unauthorized: refusal('The key is missing or wrong.', ['unauthorized']),
  Forbidden: refusal('The key or token does not go so far.', ['forbidden']),
  Limited: {
    ...refusal('Too many requests: come again later.', ['rate_limited']),
    headers: { 'Retry-After': { type: 'integer', description: 'When to come again, in seconds.' } },
  },
  Unavailable: refusal('Nothing can be kept now: come again.', ['store_unavailable']),
} as const;

const sharedOf: Readonly<Record<string, keyof typeof sharedResponses>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Limited',
  503: 'Unavailable',
};

/**
 * The commands as Swagger 2.0, the form that custom connectors are made from.
 *
 * @param url how the world reaches this host
 */
export function openApi(commands: readonly Command[], url: URL) {
  return {
    swagger: '2.0',
    info: { title: about.name, version: about.version, description: about.description },
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, '') || '/',
    schemes: [url.protocol.slice(0, -1)],
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: {
      api_key: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'BLUETICK_API_KEY' },
    },
    security: [{ api_key: [] }],
    paths: Object.fromEntries(
      commands.map(command => [`${commandsPath}/${command.name}`, { post: operationOf(command) }]),
    ),
    responses: sharedResponses,
  };
}

function operationOf({ name, summary, description, input, output, errors }: Command) {
  return {
    operationId: name,
    summary,
    description,
    'x-ms-visibility': 'important',
    parameters: [{ name: 'body', in: 'body', required: true, schema: formOf(inputSchema(input)) }],
    responses: {
      200: { description: 'What came of it.', schema: formOf(outputSchema(output)) },
      ...Object.fromEntries(
        Object.entries(sharedOf).map(([status, shared]) => [status, { $ref: `#/responses/${shared}` }]),
      ),
      ...refusalsOf(errors),
    },
  };
}

/** A form in the words of Swagger 2.0 and of Power Platform's connectors. */
function formOf({ properties, required = [], type, additionalProperties }: FormSchema) {
  return {
    type,
    // In Swagger 2.0 an empty list is an error.
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [
        name,
        fieldOf(field, required.includes(name) || important.includes(name)),
      ]),
    ),
    ...(additionalProperties === false && { additionalProperties }),
  };
}

function fieldOf({ title, examples, ...field }: FieldSchema, isImportant: boolean) {
  return {
    ...field,
    'x-ms-summary': title,
    'x-ms-visibility': isImportant ? 'important' : 'advanced',
    example: examples[0],
  };
}

/** The errors of a command, by the status that they are answered with. */
function refusalsOf(errors: readonly ErrorCode[]) {
  const statuses = [...new Set(errors.map(code => errorStatus[code]))];
  return Object.fromEntries(
    statuses.map(status => {
      const codes = errors.filter(code => errorStatus[code] === status);
      return [status, refusal(`Refused: ${codes.join(', ')}.`, codes)];
    }),
  );
}

/** The one form of an error: see `errorForm`. */
function refusal(description: string, codes: readonly ErrorCode[]) {
  return {
    description,
    schema: {
      type: 'object',
      properties: {
        error: {
          type: 'object',
          properties: {
            code: {
              type: 'string',
              enum: codes,
              'x-ms-summary': 'Code',
              description: 'What went wrong, by a code that stays.',
            },
            message: {
              type: 'string',
              'x-ms-summary': 'Message',
              description: 'What went wrong, for people.',
            },
            field: { type: 'string', 'x-ms-summary': 'Field', description: 'The field at fault, if one is.' },
          },
        },
      },
    },
  };
}

/**
 * The commands as tools of the Model Context Protocol. Whoever imports this loads its SDK, which takes a moment: the host
 * does on the first call.
 *
 * @module
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  McpError,
  ErrorCode as RpcErrorCode,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import type { Command } from '../../middleware/commands/command.ts';
import type { Caller } from '../access/caller.ts';
import { errorForm } from '../routes/respond.ts';
import { type CallParts, callCommand } from './callCommand.ts';
import { inputSchema, outputSchema } from './commandSchema.ts';

/** Where a tool names the codes of its errors, for programs; its description names them for models. */
export const errorsKey = 'bluetick/errors';

const instructions =
  'Bluetick decides when a WhatsApp customer sees the blue ticks, typing and the answer. Name the customer, the conversation or one message, and exactly one of them. Nothing can be un-read: call HoldReceipt before MarkRead, not after.';

/** What the server works with. */
export interface McpParts extends CallParts {
  readonly commands: readonly Command[];
}

/**
 * Answers one message of the protocol, statelessly: a server of its own for each, so that nothing of one caller is left
 * for the next, and any host of several may answer.
 *
 * @param headers of the request: the protocol's own are in them
 * @param message the request's body, read already
 */
export async function answerMcp(
  { commands, ...parts }: McpParts,
  caller: Caller,
  headers: Headers,
  message: unknown,
): Promise<Response> {
  const server = new Server(
    { name: 'bluetick', version: '1.0' },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: commands.map(toolOf) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const command = commands.find(({ name }) => name === params.name);
    if (command === undefined) throw new McpError(RpcErrorCode.InvalidParams, 'There is no such tool');
    return call(command, params.arguments ?? {});
  });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    const request = new Request('http://localhost/mcp', { method: 'POST', headers });
    const response = await transport.handleRequest(request, { parsedBody: message });
    // Before the server goes: an answer in JSON is whole by now.
    return new Response(await response.text(), { status: response.status, headers: response.headers });
  } finally {
    await server.close();
  }

  async function call(command: Command, given: unknown): Promise<CallToolResult> {
    const answer = await callCommand(parts, command, given, caller);
    if ('error' in answer)
      return { content: [{ type: 'text', text: JSON.stringify(errorForm(answer.error)) }], isError: true };
    const { output } = answer;
    return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: { ...output } };
  }
}

/** A command as a model is told of it. */
export function toolOf({ name, summary, description, input, output, errors, readOnly }: Command): Tool {
  return {
    name,
    title: summary,
    description: `${description} Errors: ${errors.join(', ')}.`,
    inputSchema: inputSchema(input) as Tool['inputSchema'],
    outputSchema: outputSchema(output) as Tool['outputSchema'],
    annotations: { title: summary, readOnlyHint: readOnly === true, destructiveHint: false },
    _meta: { [errorsKey]: [...errors] },
  };
}

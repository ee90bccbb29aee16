import assert from 'node:assert/strict';
import SwaggerParser from '@apidevtools/swagger-parser';
import { z } from 'zod';
import { toolOf } from '../../../bot/copilot/mcpServer.ts';
import { openApi } from '../../../bot/copilot/openApi.ts';
import { commands } from '../../../middleware/commands/commands.ts';
import {
  facesOfCommands,
  facesOfSwagger,
  facesOfTools,
  type SwaggerFace,
} from '../../support/commandFaces.ts';

const url = new URL('https://bluetick.example/base/');
const swagger = () => structuredClone(openApi(commands, url)) as unknown as SwaggerFace;
const tools = () => commands.map(toolOf);
const expected = facesOfCommands(commands);

// biome-ignore lint/suspicious/noExplicitAny: what is changed is not typed on purpose
type Doctor = (face: any) => void;

describe('the ways in', () => {
  it('offer these commands', () => {
    assert.deepEqual(Object.keys(expected).sort(), [
      'ExplainPolicy',
      'GetConversation',
      'GetMessageStatus',
      'HoldReceipt',
      'MarkRead',
      'ReportAgentEvent',
      'SendMessage',
      'SetReceiptPolicy',
      'ShowTyping',
    ]);
  });

  it('agree with the commands in names, fields, types, descriptions and errors', () => {
    assert.deepEqual(facesOfSwagger(swagger()), expected);
    assert.deepEqual(facesOfTools(tools()), expected);
  });

  it('have flat forms of at most 25 fields, each with a title, a description and an example that it takes', () => {
    for (const { name, input, output } of commands)
      for (const form of [input, output]) {
        const { input: given, output: answered } = expected[name] ?? assert.fail();
        const fields = form === input ? given : answered;
        assert.ok(Object.keys(fields).length <= 25, name);
        for (const [field, { title, description, example, rules }] of Object.entries(fields)) {
          const where = `${name}.${field}`;
          assert.ok(title && description && example !== undefined, where);
          assert.match(String(rules.type), /^(string|integer|number|boolean)$/, where);
          const { success } = z
            .object({ value: form.shape[field] as z.ZodType })
            .safeParse({ value: example });
          assert.ok(success, `${where}: the example`);
        }
      }
  });

  const operation = '/api/v1/commands/MarkRead';
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const field = (face: any, name: string) => face.paths[operation].post.parameters[0].schema.properties[name];
  const doctoredSwagger: Readonly<Record<string, Doctor>> = {
    'a field that has another name': face => {
      const { properties } = face.paths[operation].post.parameters[0].schema;
      properties.id = properties.messageId;
      delete properties.messageId;
    },
    'a field of another type': face => (field(face, 'includeHeld').type = 'string'),
    'another list of values': face => field(face, 'channel').enum.pop(),
    'another bound': face => (field(face, 'messageId').maxLength = 1),
    'another description of a field': face => (field(face, 'messageId').description += '!'),
    'another description of a command': face => (face.paths[operation].post.description += '!'),
    'a field that is needed': face =>
      (face.paths[operation].post.parameters[0].schema.required = ['channel']),
    'an answer without a field': face =>
      delete face.paths[operation].post.responses[200].schema.properties.count,
    'an error that it does not tell': face => delete face.paths[operation].post.responses[404],
    'a command that it does not offer': face => delete face.paths[operation],
  };
  for (const [what, doctor] of Object.entries(doctoredSwagger)) {
    it(`are told apart by ${what}, in the Swagger document alone`, () => {
      const face = swagger();
      doctor(face);
      assert.notDeepEqual(facesOfSwagger(face), expected);
    });
  }

  const doctoredTools: Readonly<Record<string, Doctor>> = {
    'another name': ([tool]) => (tool.name = 'MarkAsRead'),
    'a field more': ([tool]) => (tool.inputSchema.properties.more = { type: 'string' }),
    'a field of another type': ([tool]) => (tool.outputSchema.properties.count.type = 'number'),
    'another description': ([tool]) => (tool.description = `Really. ${tool.description}`),
    'an error less for models': ([tool]) =>
      (tool.description = tool.description.replace('unknown_message', 'internal')),
    'an error more for programs': ([tool]) => tool._meta['bluetick/errors'].push('internal'),
    'a tool less': list => list.pop(),
  };
  for (const [what, doctor] of Object.entries(doctoredTools)) {
    it(`are told apart by ${what}, among the tools alone`, () => {
      const face = structuredClone(tools());
      doctor(face);
      assert.notDeepEqual(facesOfTools(face), expected);
    });
  }
});

describe('the Swagger document', () => {
  it('is valid, by a validator that is not ours', async () => {
    const api = await SwaggerParser.validate(structuredClone(openApi(commands, url)) as never);
    assert.equal(api.info.title, 'Bluetick');
  });

  it('names the host, the base and the key as connectors want them', () => {
    const { swagger, host, basePath, schemes, securityDefinitions, security } = openApi(commands, url);
    assert.deepEqual([swagger, host, basePath, schemes], ['2.0', 'bluetick.example', '/base', ['https']]);
    const { type, in: place, name } = securityDefinitions.api_key;
    assert.deepEqual([type, place, name, security], ['apiKey', 'header', 'x-api-key', [{ api_key: [] }]]);
  });

  it('has operations, parameters and answers that makers find by their names', () => {
    for (const { post } of Object.values(openApi(commands, url).paths)) {
      assert.match(post.operationId, /^([A-Z][a-z]+)+$/);
      assert.equal(post['x-ms-visibility'], 'important');
      for (const { schema } of [...post.parameters, post.responses[200]])
        for (const each of Object.values(schema.properties)) {
          assert.ok(each['x-ms-summary']);
          assert.match(each['x-ms-visibility'], /^(important|advanced)$/);
        }
    }
  });
});

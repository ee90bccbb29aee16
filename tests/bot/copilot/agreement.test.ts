import assert from 'node:assert/strict';
import SwaggerParser from '@apidevtools/swagger-parser';
import { z } from 'zod';
import { toolOf } from '../../../bot/copilot/mcpServer.ts';
import { openApi } from '../../../bot/copilot/openApi.ts';
import { skillManifest } from '../../../bot/copilot/skill/skillManifest.ts';
import { commands } from '../../../middleware/commands/commands.ts';
import { targetFields } from '../../../middleware/commands/fields.ts';
import { topicEvents } from '../../../middleware/turn/topicEvents.ts';
import { botId } from '../../support/botFrameworkCloud.ts';
import {
  type FaceField,
  facesOfCommands,
  facesOfManifest,
  facesOfSwagger,
  facesOfTools,
  fieldsOfEvents,
  type SwaggerFace,
} from '../../support/commandFaces.ts';

const url = new URL('https://bluetick.example/base/');
const swagger = () => structuredClone(openApi(commands, url)) as unknown as SwaggerFace;
const tools = () => commands.map(toolOf);
const manifest = () =>
  structuredClone(skillManifest(commands, { publicUrl: 'https://bluetick.example', appId: botId }));
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
    assert.deepEqual(facesOfManifest(manifest()), expected);
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

  const doctoredManifests: Readonly<Record<string, Doctor>> = {
    'another name': ({ activities }) => {
      activities.MarkAsRead = { ...activities.MarkRead, name: 'MarkAsRead' };
      delete activities.MarkRead;
    },
    'another title': ({ activities }) => (activities.MarkRead.value.title = 'Read'),
    'another description': ({ activities }) => (activities.MarkRead.description += '!'),
    'a field of another type': ({ activities }) =>
      (activities.MarkRead.value.properties.includeHeld.type = 'string'),
    'another example': ({ activities }) => (activities.MarkRead.value.properties.messageId.examples = ['m1']),
    'a field less': ({ activities }) => delete activities.MarkRead.resultValue.properties.count,
    'a field that is needed': ({ activities }) => (activities.MarkRead.value.required = ['channel']),
    'an error less': ({ activities }) => activities.MarkRead.resultValue.properties.errorCode.enum.shift(),
    'no errors at all': ({ activities }) => delete activities.MarkRead.resultValue.properties.errorCode,
    'an action less': ({ activities }) => delete activities.MarkRead,
  };
  for (const [what, doctor] of Object.entries(doctoredManifests)) {
    it(`are told apart by ${what}, in the manifest alone`, () => {
      const face = manifest();
      doctor(face);
      assert.notDeepEqual(facesOfManifest(face), expected);
    });
  }
});

describe('the events of topics', () => {
  /** The command that each is, for the message that the turn answers. */
  const commandOf: Readonly<Record<string, string>> = {
    'bluetick.markRead': 'MarkRead',
    'bluetick.hold': 'HoldReceipt',
    'bluetick.showTyping': 'ShowTyping',
    'bluetick.setPolicy': 'SetReceiptPolicy',
  };
  /** What is told in other words, as an event has no target: the rest of such a field agrees. */
  const inOtherWords = ['bluetick.markRead includeHeld', 'bluetick.setPolicy reset'];
  /** What a command for one customer has no use for. */
  const ofEventsAlone = ['bluetick.setPolicy scope'];

  type Fields = Readonly<Record<string, Readonly<Record<string, FaceField>>>>;
  const wanted: Fields = Object.fromEntries(
    Object.entries(commandOf).map(([event, name]) => [
      event,
      comparable(event, expected[name]?.input ?? assert.fail(name)),
    ]),
  );
  const told = (fields: Fields) =>
    Object.fromEntries(Object.entries(fields).map(([event, of]) => [event, comparable(event, of)]));

  /** The fields that both ways have. */
  function comparable(event: string, fields: Readonly<Record<string, FaceField>>) {
    return Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => !(name in targetFields) && !ofEventsAlone.includes(`${event} ${name}`))
        .map(([name, field]) => [
          name,
          inOtherWords.includes(`${event} ${name}`) ? { ...field, description: '' } : field,
        ]),
    );
  }

  it('have the fields of the commands, without their targets', () => {
    assert.deepEqual(told(fieldsOfEvents(topicEvents)), wanted);
  });

  it('have a title, a description and an example for what is theirs alone', () => {
    const { scope } = fieldsOfEvents(topicEvents)['bluetick.setPolicy'] ?? {};
    assert.ok(scope?.title && scope.description && scope.example);
  });

  const doctored: Readonly<Record<string, Doctor>> = {
    'another name': fields => {
      fields['bluetick.read'] = fields['bluetick.markRead'];
      delete fields['bluetick.markRead'];
    },
    'a field of another type': fields => (fields['bluetick.markRead'].includeHeld.rules.type = 'string'),
    'a field less': fields => delete fields['bluetick.setPolicy'].readWhen,
    'a field more': fields => (fields['bluetick.hold'].reason = fields['bluetick.setPolicy'].readWhen),
    'another list of values': fields => fields['bluetick.setPolicy'].readWhen.rules.enum.pop(),
    'another description': fields => (fields['bluetick.setPolicy'].readWhen.description += '!'),
    'another example': fields => (fields['bluetick.setPolicy'].replyDelayMs.example = 1),
  };
  for (const [what, doctor] of Object.entries(doctored)) {
    it(`are told apart by ${what}, among the events alone`, () => {
      const fields = structuredClone(fieldsOfEvents(topicEvents));
      doctor(fields);
      assert.notDeepEqual(told(fields), wanted);
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

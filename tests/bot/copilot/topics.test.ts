import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { isTopicEvent, readTopicEvent, topicEvents } from '../../../middleware/turn/topicEvents.ts';
import { need } from '../../support/needs.ts';
import { activitiesOf, readTopics } from '../../support/topics.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const schemaFile = join(root, '..', 'shared', 'schemas', 'copilot-studio-bot.schema.yaml-authoring.json');

describe('the ready-made topics', () => {
  const topics = readTopics();

  describe('by the schema of Copilot Studio', function () {
    this.timeout(20_000);
    let isTopic: (document: unknown) => boolean;
    let faults: () => string;
    before(function () {
      const file = need(
        this,
        existsSync(schemaFile) ? schemaFile : undefined,
        `${schemaFile}, of microsoft/skills-for-copilot-studio`,
      );
      // It names no dialect, and has keywords of its own.
      const ajv = new Ajv({ strict: false, validateSchema: false });
      const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
      isTopic = document => validate(document);
      faults = () => JSON.stringify(validate.errors?.slice(0, 5));
    });

    for (const { name, document } of topics) {
      it(`${name} is valid`, () => {
        assert.ok(isTopic(document), faults());
      });
    }

    it('a slip in a topic is found', () => {
      const slip = structuredClone(topics[0]?.document) as {
        beginDialog: { actions: { activty?: unknown }[] };
      };
      slip.beginDialog.actions[0]!.activty = 'Hello';
      assert.equal(isTopic(slip), false);
    });
  });

  it('send events that are obeyed, and every event is shown by one of them', () => {
    const events = topics.flatMap(activitiesOf).filter(isTopicEvent);
    for (const event of events)
      assert.deepEqual('field' in readTopicEvent(event), false, JSON.stringify(event));
    const names = new Set(events.map(event => (event as { name: string }).name));
    assert.deepEqual([...names].sort(), Object.keys(topicEvents).sort());
  });

  it('have nodes with ids of their own', () => {
    for (const { name, nodes } of topics) {
      const ids = nodes.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, name);
    }
  });
});

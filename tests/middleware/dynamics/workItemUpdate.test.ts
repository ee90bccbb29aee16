import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusChangeReasons } from '../../../middleware/dynamics/statusChange.ts';
import { type ReadUpdate, readWorkItemUpdate } from '../../../middleware/dynamics/workItemUpdate.ts';
import { endedByAgent, inConversation, option, reference, workItemBody } from '../../support/dataverse.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures');
const fixture = (path: string) => JSON.parse(readFileSync(join(fixtures, path), 'utf8'));

const workItem = 'cccccccc-0000-4000-8000-000000000001';
const agent = 'dddddddd-0000-4000-8000-000000000001';

function updateIn(read: ReadUpdate) {
  assert.equal(read.what, 'update');
  return read.what === 'update' ? read.update : assert.fail();
}
const eventOf = (target: object, before?: object) =>
  updateIn(
    readWorkItemUpdate(
      workItemBody({ workItem, target: { ...target }, ...(before && { before: { ...before } }) }),
    ),
  ).event;

describe('a body of Dataverse’s webhook', () => {
  it('tells that an agent has accepted, who, and of which profile and workstream', () => {
    const { columns, ...update } = updateIn(readWorkItemUpdate(fixture('unverified/dynamics/accepted.json')));
    assert.deepEqual(update, {
      workItem,
      at: 1790000005000,
      event: 'accepted',
      agent,
      socialProfile: 'bbbbbbbb-0000-4000-8000-000000000001',
    });
    assert.equal(columns.get('msdyn_liveworkstreamid'), 'eeeeeeee-0000-4000-8000-000000000001');
  });

  it('tells that it is over', () => {
    const update = updateIn(readWorkItemUpdate(fixture('unverified/dynamics/closed.json')));
    assert.deepEqual([update.event, update.at], ['closed', 1790000090000]);
  });

  it('tells nothing by Active: routing makes a conversation so before anybody has accepted', () => {
    const update = updateIn(readWorkItemUpdate(fixture('unverified/dynamics/routed.json')));
    assert.deepEqual([update.event, update.agent], [undefined, agent]);
  });

  it('that was cut has nothing of what was written', () => {
    const read = readWorkItemUpdate(fixture('unverified/dynamics/trimmed.json'));
    assert.equal(read.what, 'unreadable');
  });

  it('of another table or message is none of ours', () => {
    for (const other of [{ table: 'msdyn_ocsession' }, { message: 'Delete' }, { message: 'Assign' }])
      assert.equal(readWorkItemUpdate(workItemBody({ workItem, ...other })).what, 'ignored');
    for (const other of [
      null,
      1,
      'x',
      [],
      {},
      { PrimaryEntityName: {} },
      { PrimaryEntityName: { toString: 1 } },
    ])
      assert.equal(readWorkItemUpdate(other).what, 'ignored');
  });

  it('without a row is unreadable', () => {
    for (const id of ['', 'x', '123'])
      assert.deepEqual(readWorkItemUpdate(workItemBody({ workItem: id })), {
        what: 'unreadable',
        because: 'PrimaryEntityId is no id',
      });
  });

  it('is read in its variations', () => {
    const bare = {
      MessageName: 'Create',
      PrimaryEntityName: 'MSDYN_OCLIVEWORKITEM',
      PrimaryEntityId: `{${workItem.toUpperCase()}}`,
      OperationCreatedOn: '2026-11-21T10:00:00.250Z',
      InputParameters: {
        Target: {
          Attributes: { Msdyn_StatusChangeReason: 192350003, msdyn_activeagentid: agent.toUpperCase() },
        },
      },
    };
    const { columns: _columns, ...update } = updateIn(readWorkItemUpdate(bare));
    assert.deepEqual(update, {
      workItem,
      at: Date.UTC(2026, 10, 21, 10, 0, 0, 250),
      event: 'accepted',
      agent,
    });
  });

  for (const [time, at] of [
    ['/Date(1790000005000)/', 1790000005000],
    ['/Date(1790000005000+0100)/', 1790000005000],
    ['/Date(-1)/', -1],
    [1790000005000, 1790000005000],
    // Dataverse keeps UTC, whatever zone we are in.
    ['2026-11-21T10:00:00', Date.UTC(2026, 10, 21, 10)],
    ['2026-11-21T12:00:00+02:00', Date.UTC(2026, 10, 21, 10)],
    ['yesterday', undefined],
    // No date has such a time, and nothing newer could ever come.
    ['/Date(99999999999999999999)/', undefined],
    [1e300, undefined],
    [[], undefined],
    [true, undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
  ] as const) {
    it(`has the time ${JSON.stringify(time)} as ${at}`, () => {
      const body = { ...workItemBody({ workItem }), OperationCreatedOn: time };
      assert.equal(updateIn(readWorkItemUpdate(body)).at, at);
    });
  }

  it('counts however deep it was caused: routing runs in plug-ins', () => {
    for (const depth of [1, 2, 8])
      assert.equal(
        updateIn(readWorkItemUpdate(workItemBody({ workItem, depth, target: inConversation }))).event,
        'accepted',
      );
  });
});

describe('what a change of a work item is', () => {
  const published: Record<string, string> = fixture('dynamics/status-change-reasons.json');
  const closing = [
    'ConversationEndedByAgent',
    'AutoClosedFromWaitingState',
    'AutoClosedBySystem',
    'ClosedDueToOverflow',
    'CustomerDisconnectedOrLeftOpenConversation',
    'ConversationEndedByBot',
    'ClosedDueToFailure',
    'ForceClosedBySupervisor',
    'ClosedInDataverseDirectlyByAdmin',
  ];

  it('is known for every reason that is published, by its value and spelling', () => {
    const known = Object.entries(statusChangeReasons).map(([value, { name }]) => [value, name]);
    assert.deepEqual(Object.fromEntries(known), published);
  });

  for (const [value, name] of Object.entries(published)) {
    const expected = name === 'InConversation' ? 'accepted' : closing.includes(name) ? 'closed' : undefined;
    it(`is ${expected ?? 'nothing'} for ${name}`, () => {
      assert.equal(eventOf({ msdyn_statuschangereason: option(Number(value)) }), expected);
      assert.equal(eventOf({ msdyn_statuschangereason: Number(value) }), expected);
    });
  }

  it('is accepted for the flag alone, where it rises', () => {
    assert.equal(eventOf({ msdyn_isagentaccepted: true }), 'accepted');
    assert.equal(eventOf({ msdyn_isagentaccepted: true }, { msdyn_isagentaccepted: false }), 'accepted');
    assert.equal(eventOf({ msdyn_isagentaccepted: true }, { msdyn_isagentaccepted: true }), undefined);
    assert.equal(eventOf({ msdyn_isagentaccepted: false }, { msdyn_isagentaccepted: true }), undefined);
  });

  it('is closed for the states that close, and not for those that do not', () => {
    for (const state of [
      { statecode: option(1) },
      { statecode: 2 },
      { statuscode: option(4) },
      { statuscode: 6 },
    ])
      assert.equal(eventOf(state), 'closed');
    for (const state of [
      { statecode: 0 },
      { statecode: 3 },
      { statecode: 4 },
      { statuscode: 2 },
      { statuscode: 3 },
    ])
      assert.equal(eventOf(state), undefined);
  });

  it('is closed where both are said, and nothing where the row was so before', () => {
    assert.equal(eventOf({ msdyn_isagentaccepted: true, ...endedByAgent }), 'closed');
    assert.equal(eventOf(endedByAgent, { msdyn_statuschangereason: 192350008 }), undefined);
  });

  it('is told by what was written alone: images only say whose it is', () => {
    const body = workItemBody({
      workItem,
      target: { subject: 'x' },
      after: { msdyn_isagentaccepted: true, msdyn_activeagentid: reference(agent) },
    });
    const update = updateIn(readWorkItemUpdate(body));
    assert.deepEqual([update.event, update.agent], [undefined, agent]);
  });
});

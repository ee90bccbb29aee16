import assert from 'node:assert/strict';
import { fixture, inEnvelope, now, read } from './samples.ts';

const session = (status: unknown, over = {}) => read(inEnvelope('session.status', { status }, over));

describe('the events of a linked device', () => {
  it('tell of the session, as in WAHA’s documented example', () => {
    assert.deepEqual(read(fixture('waha/session.status')), {
      messages: [],
      acknowledgements: [],
      rejected: [],
      connections: [{ business: 'default', up: true, because: 'WORKING', at: now }],
    });
  });

  for (const status of [
    'STOPPED',
    'STARTING',
    'SCAN_QR_CODE',
    'PASSKEY_REQUIRED',
    'PASSKEY_CONFIRMATION_REQUIRED',
    'FAILED',
    'SOMETHING_NEW',
  ]) {
    it(`say that a session is not there to be called through: ${status}`, () => {
      const { connections } = session(status, { session: 'support' });
      assert.deepEqual(connections, [
        { business: 'support', up: false, because: status, at: 1_741_249_702_485 },
      ]);
    });
  }

  describe('about a message', () => {
    const message = { ...fixture('waha/message').payload, fromMe: false, id: 'false_11111111111@c.us_A' };
    const group = { ...message, id: 'false_1@g.us_A_2@c.us', from: '1@g.us' };
    const ack = fixture('waha/message.ack').payload;

    for (const [name, payload] of [
      ['message', message],
      ['message.any', message],
      ['message', group],
      ['message', {}],
      ['message.ack', ack],
    ]) {
      it(`say that the session works: the word that says so may be lost: ${name}`, () => {
        assert.deepEqual(read(inEnvelope(name, payload, { session: 'support' })).connections, [
          { business: 'support', up: true, because: name, at: 1_741_249_702_485 },
        ]);
      });
    }

    it('say nothing of it where they tell no time, or not for whom they are', () => {
      for (const over of [{ timestamp: undefined }, { session: undefined }])
        assert.equal(read(inEnvelope('message', message, over)).connections, undefined);
    });
  });

  it('set a session’s state aside that is no word, which would reach the log', () => {
    for (const status of ['4915550001111', 'a text', '', null]) {
      const { connections, rejected } = session(status);
      assert.equal(connections, undefined);
      assert.deepEqual(
        rejected.map(({ reason }) => reason),
        ['session.status is malformed: status'],
      );
    }
  });

  it('are passed over where they concern neither messages nor the session', () => {
    for (const name of [
      'message.waiting',
      'presence.update',
      'call.received',
      'state.change',
      '4915550001111',
    ])
      assert.deepEqual(read(inEnvelope(name, { id: 'x' })), {
        messages: [],
        acknowledgements: [],
        rejected: [],
        ignored: ['the event concerns neither messages nor the session'],
      });
  });

  it('are set aside where they are none, or do not say for whom they are', () => {
    for (const [item, reason] of [
      [{}, 'event is malformed: event'],
      [inEnvelope('message', {}, { session: undefined }), 'message does not say for whom it is'],
    ] as const)
      assert.deepEqual(read(item).rejected, [{ reason, item: JSON.parse(JSON.stringify(item)) }]);
  });

  it('are refused in a body that holds none', () => {
    for (const body of ['x', 1, null, [], [fixture('waha/message')]])
      assert.throws(() => read(body as object), { code: 'invalid_request' });
  });
});

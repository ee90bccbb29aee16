import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { startApiHost } from '../../support/apiHost.ts';

describe('a message with an escalation, over the API', function () {
  this.timeout(30_000);

  it('goes out the other way when it does not arrive in time, and says so', async () => {
    const receiver = createServer(async (request, response) => {
      receiver.emit('told', await json(request));
      response.end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/late`;
    const api = await startApiHost({
      BLUETICK_ALLOWED_HOOKS: url,
      BLUETICK_HOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    });
    try {
      const phone = api.simulator.phone('4915550001111');
      const conversation = await api.conversationWith(phone);
      phone.setOnline(false);
      const told = once(receiver, 'told', { signal: AbortSignal.timeout(20_000) });
      const escalate = { unless: 'delivered', afterMs: 1000, via: [{ type: 'hook', url }] };
      const { body: sent } = await api.call('POST', `/conversations/${conversation}/messages`, {
        text: 'Come by until 18.',
        escalate,
      });
      assert.equal(sent.escalation.state, 'waiting');
      const [event] = await told;
      assert.deepEqual([event.type, event.data.message], ['message.escalate', sent.ref]);
      const { escalation } = await api.until(
        `/messages/${sent.ref}`,
        ({ escalation: { state } }) => state === 'escalated',
      );
      const [attempt] = escalation.tries;
      assert.deepEqual(
        [attempt.way, attempt.failure, escalation.possiblyDoubled],
        ['hook', undefined, false],
      );
      assert.equal(new Date(attempt.at).toISOString(), attempt.at);
    } finally {
      await api.close();
      receiver.close();
      receiver.closeAllConnections();
    }
  });
});

import type { HookClient } from '../hooks/hookClient.ts';
import { cannotCall } from './callParts.ts';
import type { EscalationWayOut } from './way.ts';

/**
 * Tells a signed web hook that a message did not arrive: `message.escalate`. It says which message, and never what it says
 * or to whom: the receiver is somebody else's system, and one that needs them asks the API with a key of its own.
 *
 * @param client what it goes out by; whoever made it closes it
 */
export function createSignedHook(client: HookClient): EscalationWayOut {
  return {
    type: 'hook',
    // By `webhook-id`, which stays the same: Standard Webhooks has receivers tell repeats by it.
    idempotent: true,
    async send({ key, createdAt, channel, conversation, message, url }, signal) {
      if (url === undefined) throw cannotCall('no_url', 'There is no address to escalate to');
      const timestamp = new Date(createdAt).toISOString();
      const body = JSON.stringify({
        type: 'message.escalate',
        timestamp,
        data: { channel, conversation, message },
      });
      await client.post({ id: key, url, body }, signal);
      return { id: key };
    },
    close: async () => {},
  };
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../../bot/simulator/simulator.ts';
import { createMetaChannel } from '../../../middleware/channels/meta/metaChannel.ts';
import { parseEvents } from '../../../middleware/channels/meta/parseEvents.ts';
import { verifyHubSignature } from '../../../middleware/channels/meta/signature.ts';
import type { Acknowledgement, InboundMessage, OutboundContent } from '../../../middleware/domain.ts';

export const business = '106540352242922';
export const customer = '16505551234';

/** Who takes a simulator's webhooks: it checks and reads them as the channel does. */
export interface Receiver {
  readonly url: string;
  readonly messages: InboundMessage[];
  readonly acknowledgements: Acknowledgement[];
  /** The HTTP statuses of the next answers; 200 when used up. `0`: no answer. */
  answers: number[];
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (request.method === 'GET') {
      const known = url.searchParams.get('hub.verify_token') === 'verify';
      response.writeHead(known ? 200 : 403);
      response.end(url.searchParams.get('hub.challenge'));
      return;
    }
    const body = await buffer(request);
    const signed = verifyHubSignature(body, request.headers['x-hub-signature-256'], ['secret']);
    const status = receiver.answers.shift() ?? (signed ? 200 : 401);
    if (status === 0) {
      response.destroy();
      return;
    }
    if (status === 200) {
      const events = parseEvents(body, 'simulator');
      assert.deepEqual(events.rejected, []);
      receiver.messages.push(...events.messages);
      receiver.acknowledgements.push(...events.acknowledgements);
    }
    response.writeHead(status);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/webhooks/meta?a=1`,
    messages: [],
    acknowledgements: [],
    answers: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** A simulator whose webhooks a receiver takes. */
export function simulatorFor(
  receiver: Receiver,
  options: Partial<SimulatorOptions> = {},
): Promise<Simulator> {
  return createSimulator({
    accessToken: 'token',
    appSecret: 'secret',
    verifyToken: 'verify',
    phoneNumberIds: [business],
    webhookUrl: receiver.url,
    retry: { firstMs: 1, longestMs: 4, attempts: 6, timeoutMs: 2000 },
    ...options,
  });
}

/** Sends a message by the real channel; answers its id. */
export async function send(
  simulator: Simulator,
  content: OutboundContent = { type: 'text', text: 'hello' },
): Promise<string> {
  const channel = createMetaChannel(simulator.channelOptions);
  try {
    const call = { channel: 'simulator', business, customer, content, correlation: 'c-1' } as const;
    return (await channel.send(call, AbortSignal.timeout(2000))).providerId;
  } finally {
    await channel.close();
  }
}

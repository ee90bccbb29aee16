import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EventLog } from '../../../bot/stream/eventLog.ts';
import { EventRing } from '../../../bot/stream/eventRing.ts';
import { SharedEvents } from '../../../bot/stream/sharedEvents.ts';
import type { StreamAuthenticate } from '../../../bot/stream/streamCaller.ts';
import { openStreamDoor } from '../../../bot/stream/streamDoor.ts';
import { Streams, type StreamsOptions } from '../../../bot/stream/streams.ts';
import type { ChangeLog } from '../../../middleware/changeLog.ts';
import type { Change, ChangeListener } from '../../../middleware/receipts/changes.ts';
import { systemClock, systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../support/engineWorld.ts';

/** A stream on a server of its own, of changes that a test makes up. */
export interface StreamWorld {
  readonly url: string;
  readonly events: EventLog;
  readonly streams: Streams;
  /** How many listen for changes now. */
  listening(): number;
  /** Something changed in a conversation. */
  change(conversation: string, padding?: string): void;
  /** The most bytes that wait in the socket of one reader now. */
  waiting(): number;
  /** Comes as a WebSocket, and then reads nothing. */
  comeAndSleep(): Promise<Socket>;
  close(): Promise<void>;
}

/** What a world may be told. */
export interface StreamWorldOptions extends Partial<Omit<StreamsOptions, 'events'>> {
  readonly size?: number;
  readonly keepMs?: number;
  readonly publicUrl?: string;
  /** Where processes that share a store add what changes; absent: this one has it to itself. */
  readonly changes?: ChangeLog;
  /** Default: everybody sees everything. */
  readonly authenticate?: StreamAuthenticate;
}

/** Starts one. */
export async function startStreamWorld({
  size,
  keepMs,
  publicUrl,
  changes,
  authenticate = async () => ({ sees: () => true }),
  ...options
}: StreamWorldOptions = {}): Promise<StreamWorld> {
  const listeners = new Set<ChangeListener>();
  const padding = new WeakMap<Change, string>();
  const told = {
    listen(listener: ChangeListener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: (change: Change) => ({
      type: change.type,
      conversation: 'conversation' in change ? change.conversation : '',
      padding: padding.get(change),
    }),
  };
  const events: EventLog =
    changes === undefined
      ? new EventRing({
          ...told,
          scheduler: options.scheduler ?? systemScheduler,
          ...(size !== undefined && { size }),
          ...(keepMs !== undefined && { keepMs }),
        })
      : new SharedEvents({ ...told, changes });
  const log = quietLog();
  const streams = new Streams({
    clock: systemClock,
    scheduler: systemScheduler,
    log,
    ...options,
    events,
  });
  const server = createServer((_request, answer) => answer.end());
  const carriers: Duplex[] = [];
  server.on('upgrade', (_request, carrier) => carriers.push(carrier));
  openStreamDoor(server, { streams, authenticate, publicUrl, log });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sleepers: Socket[] = [];
  return {
    url: `http://127.0.0.1:${port}`,
    events,
    streams,
    listening: () => listeners.size,
    change(conversation, text = '') {
      const change = { type: 'typing', at: 0, conversation, by: 'customer', typing: true } as const;
      padding.set(change, text);
      for (const listener of listeners) void listener(change);
    },
    waiting: () => Math.max(...carriers.map(({ writableLength }) => writableLength)),
    async comeAndSleep() {
      const socket = connect(port, '127.0.0.1');
      sleepers.push(socket);
      const lines = [
        'GET /api/v1/stream HTTP/1.1',
        'Host: localhost',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      await once(socket, 'readable');
      return socket;
    },
    async close() {
      await streams.close();
      for (const socket of sleepers) socket.destroy();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

import type { Channel, Logger, Store } from '../../middleware/ports.ts';
import type { MessageReader } from '../../middleware/turn/readMessage.ts';
import { createEmulatorChannel, readEmulator } from './emulatorChannel.ts';
import { EmulatorLine, type SpeakingAdapter } from './emulatorLine.ts';
import { TraceQueue } from './traceQueue.ts';
import { traceReceipts } from './traceReceipts.ts';

/** What makes the Emulator a channel like others. */
export interface Emulator {
  readonly channel: Channel;
  /** Finds its messages among the activities of `/api/messages`. */
  readonly reader: MessageReader;
  /** The store, watched: what is decided about the Emulator's receipts shows there. */
  watch(store: Store): Store;
}

/**
 * Makes the Emulator a channel.
 *
 * @param appId the bot's; empty where nobody proves who they are
 * @param adapter what the Emulator's activities come by
 */
export function createEmulator(appId: string, adapter: SpeakingAdapter, log: Logger): Emulator {
  const line = new EmulatorLine(appId, adapter);
  return {
    channel: createEmulatorChannel(line),
    reader: readEmulator(line),
    watch: store => traceReceipts(store, new TraceQueue(line, log)),
  };
}

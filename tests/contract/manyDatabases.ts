/**
 * A thread that serves many files, each over a port of its own: what the store's thread does for one. To start a thread
 * takes longer than most tests of the contract.
 *
 * @module
 */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { serveDatabase } from '../../middleware/storage/sqlite/serveDatabase.ts';

/** What the thread is told: a file, and where its calls come from. */
export interface Served {
  readonly path: string;
  readonly port: MessagePort;
}

parentPort?.on('message', ({ path, port }: Served) => serveDatabase(port, path));

/**
 * The thread that has the database: a slow sync stops this thread, not the bot.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { serveDatabase } from './serveDatabase.ts';

if (parentPort !== null) serveDatabase(parentPort, String(workerData.path));

import { once } from 'node:events';
import type { MessagePort, Worker } from 'node:worker_threads';
import { BluetickError } from '../../errors.ts';
import type { BatchRunner } from '../commitQueue.ts';
import type { OperationCall, OperationResult } from '../operationCall.ts';
import type { Answer, Opening } from './serveDatabase.ts';

/** A database at the other end of a port. */
export interface AskedDatabase extends BatchRunner {
  /** Whether that end is gone: it answers nothing any more. */
  dead(): boolean;
}

/** A batch that was sent. */
interface Asked {
  /** How many calls it has. */
  readonly calls: number;
  resolve(results: readonly OperationResult[]): void;
  reject(error: unknown): void;
}

/**
 * Speaks with `serveDatabase` at the other end.
 *
 * @param server the thread that serves, or a port into one
 * @param ended the event by which its end is told: `exit` of a thread, `close` of a port
 * @returns the database once it is open
 * @throws BluetickError what the other end refuses the file with
 */
export async function askDatabase(
  server: Worker | MessagePort,
  ended: 'exit' | 'close',
): Promise<AskedDatabase> {
  // Both are spoken with alike; only their types say otherwise.
  const port = server as Worker;
  let failure: unknown;
  /** The batches that are not answered, the oldest first. */
  const waiting: Asked[] = [];
  const fail = (error: unknown) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  const [opening] = (await once(port, 'message')) as [Opening];
  if ('refused' in opening) {
    const { code, message, field } = opening.refused;
    throw new BluetickError(code, message, field === undefined ? {} : { field });
  }
  port.on('error', fail);
  port.on(ended, code => fail(new Error(`the thread of the store ended (${code})`)));
  port.on('message', (text: string) => {
    const answer: Answer = JSON.parse(text);
    let from = 0;
    for (const { calls, resolve, reject } of waiting.splice(0, answer.batches)) {
      if ('failure' in answer) reject(new Error(answer.failure));
      else resolve(answer.results.slice(from, from + calls));
      from += calls;
    }
  });
  return {
    queues: true,
    dead: () => failure !== undefined,
    run: calls =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ calls: calls.length, resolve, reject });
        port.postMessage(textOf(calls));
      }),
    async close() {
      if (failure !== undefined) return;
      const gone = once(port, ended);
      port.postMessage('close');
      await gone;
    },
  };
}

/**
 * Calls as they travel: as JSON, which costs half of what the structured clone of such objects does, on both sides. What
 * is `undefined` at the end of the arguments would come out as `null`, so it stays behind.
 */
function textOf(calls: readonly OperationCall[]): string {
  return JSON.stringify(calls.map(({ name, args }) => ({ name, args: withoutTail(args) })));
}

function withoutTail(args: readonly unknown[]): readonly unknown[] {
  const last = args.findLastIndex(arg => arg !== undefined);
  return last === args.length - 1 ? args : args.slice(0, last + 1);
}

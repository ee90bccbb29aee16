import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Activity } from 'botframework-directlinejs';
import { startProgram } from './program.ts';

const server = join(import.meta.dirname, 'directLineServer.ts');
const waitMs = 10_000;

/** `offline-directline` in front of a bot, spoken to with `botframework-directlinejs`: neither is ours. */
export interface DirectLineChats {
  /** Begins another customer's conversation. */
  open(): DirectLineChat;
  close(): Promise<void>;
}

/** One customer's conversation. */
export interface DirectLineChat {
  /** Sends an activity; the bot's turn is over when the server answers. */
  post(activity: object): Promise<string>;
  say(text: string): Promise<string>;
  /** What the bot has sent so far. */
  readonly sent: readonly Activity[];
  /** The texts among it. */
  answers(): readonly (string | undefined)[];
  /** Waits until something that the bot sent is as wanted. */
  waitFor(wanted: (activity: Activity) => boolean): Promise<Activity>;
  answered(text: string): Promise<Activity>;
  end(): void;
}

/** Names of the global scope, by which one sees what was left in it. */
export const globalNames = () => Object.getOwnPropertyNames(globalThis);

/**
 * Starts the server, and loads the client. It is made for browsers: it needs theirs, and its polyfills leave names in the
 * global scope, which {@link DirectLineChats.close} takes away.
 *
 * @param botUrl where the bot takes its activities
 * @param folder where the server runs
 */
export async function startDirectLineChats(botUrl: string, folder: string): Promise<DirectLineChats> {
  const known = globalNames();
  Object.assign(globalThis, { XMLHttpRequest: createRequire(import.meta.url)('xhr2') });
  const { DirectLine } = await import('botframework-directlinejs');
  const program = await startProgram([server, botUrl], { ready: /^listening on (.+)$/, folder });

  function open(): DirectLineChat {
    const client = new DirectLine({
      domain: `${program.said[0]}/directline`,
      webSocket: false,
      pollingInterval: 200,
      secret: 'unused',
    });
    const sent: Activity[] = [];
    const arrivals = new EventEmitter();
    const subscription = client.activity$.subscribe(activity => {
      // The server tells everything that happens in the conversation, and names every bot so.
      if (activity.from.name !== 'Bot') return;
      sent.push(activity);
      arrivals.emit('activity');
    });
    const post = (activity: object) => {
      const whole = { from: { id: 'anna', name: 'Anna' }, ...activity } as Activity;
      return client.postActivity(whole).toPromise() as Promise<string>;
    };
    const waitFor = async (wanted: (activity: Activity) => boolean) => {
      const signal = AbortSignal.timeout(waitMs);
      for (;;) {
        const found = sent.find(wanted);
        if (found !== undefined) return found;
        await once(arrivals, 'activity', { signal });
      }
    };
    return {
      post,
      say: text => post({ type: 'message', text }),
      sent,
      answers: () => sent.flatMap(activity => (activity.type === 'message' ? [activity.text] : [])),
      waitFor,
      answered: text => waitFor(activity => activity.type === 'message' && activity.text === text),
      end() {
        subscription.unsubscribe();
        client.end();
      },
    };
  }

  return {
    open,
    async close() {
      await program.end();
      for (const name of globalNames()) if (!known.includes(name)) Reflect.deleteProperty(globalThis, name);
    },
  };
}

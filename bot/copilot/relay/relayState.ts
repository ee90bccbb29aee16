import { randomUUID } from 'node:crypto';
import type { Store } from '../../../middleware/ports.ts';
import { type BotStorage, createBotStorage } from '../../../middleware/turn/botStorage.ts';
import type { Grant } from './directLineClient.ts';

/** What has gone out to the agent. It is written at once: what was posted does not come back with a turn that fails. */
export interface Line {
  /** The customer's name there: random, so that it tells nothing of them. */
  readonly user: string;
  /** The conversation there; absent: the next message begins one. */
  readonly grant?: Grant;
  /** The message whose posting has begun last: in a turn that runs again it may be there already. */
  readonly begun?: {
    /** Our name of the message. */
    readonly message: string;
    /** The random id that it was posted with. */
    readonly id: string;
  };
}

/** How far the agent's answers went to the customer. It is written with the turn's end, as they are. */
export interface Place {
  /** The conversation there that it is about. */
  readonly conversationId: string;
  readonly watermark?: string;
  /** The agent has ended the conversation: the next message begins another. */
  readonly ended?: boolean;
}

/**
 * What the relay keeps of a customer's conversation, across turns and restarts.
 *
 * A turn that runs again reads the answers from the place where it began, so that it says the same things in the same
 * order, and the engine knows which of them went out.
 */
export class RelayState {
  readonly #store: Store;
  readonly #turns: BotStorage;

  /** @param store the engine's own */
  constructor(store: Store) {
    this.#store = store;
    this.#turns = createBotStorage(store);
  }

  /** @param key names the conversation, as bot state has it: `whatsapp/conversations/…` */
  async line(key: string): Promise<Line> {
    const [item] = await this.#store.readState([lineKey(key)]);
    return item === undefined ? { user: `bluetick-${randomUUID()}` } : JSON.parse(item.json);
  }

  async keepLine(key: string, line: Line): Promise<void> {
    await this.#store.writeState([
      { key: lineKey(key), to: { json: JSON.stringify(line), eTag: randomUUID() } },
    ]);
  }

  async place(key: string): Promise<Place | undefined> {
    return (await this.#turns.read([placeKey(key)]))[placeKey(key)] as Place | undefined;
  }

  async keepPlace(key: string, { conversationId, watermark, ended }: Place): Promise<void> {
    const item = { conversationId, ...(watermark && { watermark }), ...(ended && { ended }) };
    await this.#turns.write({ [placeKey(key)]: item });
  }
}

const lineKey = (key: string) => `${key}/relay/line`;
const placeKey = (key: string) => `${key}/relay/place`;

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../middleware/ports.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';
import type { AgentActivity, DirectLineClient, Grant } from './directLineClient.ts';
import { isOver, mayHaveArrived } from './directLineFaults.ts';
import { postedId, toAgent } from './relayActivity.ts';
import type { Line, Place, RelayState } from './relayState.ts';

/** What a line works with. */
export interface LineParts {
  readonly client: DirectLineClient;
  readonly state: RelayState;
  readonly clock: Clock;
  /** Ends calls that are under way. */
  readonly signal: AbortSignal;
}

/** A message that the agent has. */
export interface Posted {
  /** The random id that it carries. */
  readonly id: string;
  /** Its id there; empty where it is not known. */
  readonly thereId: string;
}

/** The longest way back in which a posted activity is looked for, in answers of Direct Line. */
const mostPages = 100;

/** One customer's conversation with the agent, in one turn. */
export class AgentLine {
  readonly #parts: LineParts;
  readonly #key: string;
  #line: Line;
  #place: Place | undefined;
  #hasLeft = false;

  private constructor(parts: LineParts, key: string, line: Line, place: Place | undefined) {
    this.#parts = parts;
    this.#key = key;
    this.#line = line;
    this.#place = place;
  }

  /** @param key names the conversation, see {@link RelayState} */
  static async open(parts: LineParts, key: string): Promise<AgentLine> {
    const [line, place] = await Promise.all([parts.state.line(key), parts.state.place(key)]);
    return new AgentLine(parts, key, line, place);
  }

  /** The customer's name there. */
  get user(): string {
    return this.#line.user;
  }

  /**
   * Posts what the customer wrote, unless an earlier run of the turn has. Where that run did not learn whether it had, the
   * activity is looked for in the conversation, and posted once more, marked, where it is not.
   *
   * @param message our name of it: the same whenever its turn runs
   * @throws ProviderError after which the turn is to run again
   */
  async post(message: string, activity: ActivityLike): Promise<Posted> {
    const known = await this.#known();
    if (known !== undefined) {
      try {
        return await this.#postIn(known, message, activity);
      } catch (error) {
        // Its token has ended, or it is not there any more: the agent begins anew.
        if (!isOver(error)) throw error;
      }
    }
    return this.#postIn(await this.#begin(), message, activity);
  }

  /** What came since the last time, the customer's own among it. The place moves; {@link keep} makes it last. */
  async read(): Promise<readonly AgentActivity[]> {
    if (this.#line.grant === undefined) return [];
    const grant = await this.#fresh(this.#line.grant);
    const { client, signal } = this.#parts;
    const { activities, watermark } = await client.read(grant, this.#watermarkIn(grant), signal);
    if (watermark !== undefined) this.#place = { conversationId: grant.conversationId, watermark };
    return activities;
  }

  /**
   * The agent has handed over: the next message begins another conversation, also where this turn never ends. While agents hold
   * the conversation no turn runs again, and what this one has read would be read a second time.
   */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#keepLine(this.#line);
  }

  /** Keeps how far the customer has the agent's answers, with the end of the turn. */
  async keep(how: { readonly ended: boolean }): Promise<void> {
    const { grant } = this.#line;
    if (grant === undefined) return;
    const { conversationId } = grant;
    const watermark = this.#watermarkIn(grant);
    await this.#parts.state.keepPlace(this.#key, {
      conversationId,
      ...(watermark !== undefined && { watermark }),
      ended: how.ended,
    });
  }

  /** The conversation that was begun before, if it goes on. */
  async #known(): Promise<Grant | undefined> {
    const { grant } = this.#line;
    const { clock } = this.#parts;
    const place = this.#place;
    if (grant === undefined || grant.endsAt <= clock.now()) return undefined;
    if (place?.ended && place.conversationId === grant.conversationId) return undefined;
    try {
      return await this.#fresh(grant);
    } catch (error) {
      if (isOver(error)) return undefined;
      throw error;
    }
  }

  async #begin(): Promise<Grant> {
    const grant = await this.#parts.client.start(this.#parts.signal);
    await this.#keepLine({ ...this.#line, grant });
    return grant;
  }

  /** Refreshes the token in the second half of its life. While it still holds, a refresh that fails does no harm. */
  async #fresh(grant: Grant): Promise<Grant> {
    const { client, clock, signal } = this.#parts;
    if (clock.now() < grant.refreshAt) return grant;
    try {
      const refreshed = await client.refresh(grant, signal);
      await this.#keepLine({ ...this.#line, grant: refreshed });
      return refreshed;
    } catch (error) {
      if (isOver(error) || clock.now() >= grant.endsAt) throw error;
      return grant;
    }
  }

  async #postIn(grant: Grant, message: string, activity: ActivityLike): Promise<Posted> {
    const { client, signal } = this.#parts;
    const before = this.#line;
    const possiblyDoubled = before.begun?.message === message;
    const id = possiblyDoubled ? before.begun.id : randomUUID();
    if (possiblyDoubled) {
      const found = await this.#find(grant, id);
      if (found !== undefined) return { id, thereId: found.id ?? '' };
    } else await this.#keepLine({ ...before, begun: { message, id } });
    try {
      const posting = { id, user: this.user, possiblyDoubled };
      return { id, thereId: await client.post(grant, toAgent(activity, posting), signal) };
    } catch (error) {
      if (!possiblyDoubled && !mayHaveArrived(error)) await this.#keepLine(before);
      throw error;
    }
  }

  /** Looks for an activity that was posted in this turn, behind the place where the turn began. */
  async #find(grant: Grant, id: string): Promise<AgentActivity | undefined> {
    const { client, signal } = this.#parts;
    let watermark = this.#watermarkIn(grant);
    for (let page = 0; page < mostPages; page += 1) {
      const set = await client.read(grant, watermark, signal);
      const found = set.activities.find(activity => postedId(activity) === id);
      if (found !== undefined || set.activities.length === 0) return found;
      watermark = set.watermark ?? watermark;
    }
    return undefined;
  }

  #watermarkIn({ conversationId }: Grant): string | undefined {
    return this.#place?.conversationId === conversationId ? this.#place.watermark : undefined;
  }

  async #keepLine(line: Line): Promise<void> {
    const { grant, ...rest } = line;
    await this.#parts.state.keepLine(this.#key, this.#hasLeft ? rest : line);
    this.#line = line;
  }
}

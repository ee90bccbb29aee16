import type { ChannelName } from '../../domain.ts';
import type { DeadLetter, Replayed } from '../../ports.ts';
import type { ForwardTable } from './forwards.ts';
import type { LaneTable } from './lanes.ts';
import { pkOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';
import type { ReplayBatch, StatusTable } from './statuses.ts';

interface LetterRow {
  readonly what: DeadLetter['what'];
  readonly channel: ChannelName;
  readonly item: string;
}

interface Revived {
  readonly conversation: number;
}

/** Trying again, on somebody's word, what was set aside. */
export function replays(
  sql: Sql,
  tables: { lanes: LaneTable; statuses: StatusTable } & Pick<ForwardTable, 'reviveForward'>,
) {
  const { lanes, statuses, reviveForward } = tables;
  const letter = sql.prepare<LetterRow>('SELECT what, channel, item FROM dead_letter WHERE pk = ?');
  const remove = sql.prepare('DELETE FROM dead_letter WHERE pk = ?');
  const reviveTurn = sql.prepare<Revived>(
    `UPDATE inbound SET turn = 'pending', turn_due = ?, turn_attempts = 0
     WHERE pk = ? AND turn = 'dead' AND (SELECT holder FROM conversation WHERE pk = inbound.conversation) = 'bot'
     RETURNING conversation`,
  );
  const reviveOutbound = sql.prepare<Revived>(
    // That the customer may have it is not forgotten: it leaves one try, and a provider that knows repeats is told.
    `UPDATE outbound SET state = 'queued', due_at = ?, attempts = 0,
       interrupted = CASE WHEN interrupted > 0 THEN 1 ELSE 0 END, failure = NULL
     WHERE pk = ? AND state = 'failed' RETURNING conversation`,
  );

  function* revive(kind: 'turn' | 'outbound', ref: unknown, now: number): Op<boolean> {
    const row = yield* (kind === 'turn' ? reviveTurn : reviveOutbound).get(now, pkOf(String(ref)));
    if (row === undefined) return false;
    yield* lanes.offer(kind, row.conversation, now, now, 0);
    return true;
  }

  return {
    *replay(id: string, batch: ReplayBatch): Op<Replayed | undefined> {
      const pk = pkOf(id);
      if (id !== refOf('letter', pk)) {
        const acknowledged = yield* statuses.replay(id, batch);
        return acknowledged && { what: 'status', acknowledged };
      }
      const row = yield* letter.get(pk);
      if (row === undefined) return undefined;
      const item = JSON.parse(row.item);
      if (row.what === 'webhook-item') return { what: 'webhook-item', channel: row.channel, item };
      if (row.what === 'forward') {
        yield* reviveForward(row.channel, item, batch.now);
        yield* remove.write(pk);
        return { what: 'forward', revived: true };
      }
      const revived = yield* revive(row.what, row.what === 'turn' ? item.message : item.outbound, batch.now);
      // A turn that may not run while an agent has the conversation can be asked for again.
      if (revived || row.what === 'outbound') yield* remove.run(pk);
      return { what: row.what, revived };
    },

    *dropLetter(id: string): Op<void> {
      yield* remove.write(pkOf(id));
    },
  };
}

import type { Acknowledgement } from '../../domain.ts';
import type { DeadLetter } from '../../ports.ts';
import { pkOf, refOf } from '../sql/refs.ts';
import { type Asker, perform } from './perform.ts';
import { postgresSql } from './postgresSql.ts';
import { forwardLane, ofStatus, type Touches } from './touches.ts';

interface LetterRow {
  readonly what: DeadLetter['what'];
  readonly item: string;
}

// No lease is written with these: it does not matter who asks.
const sql = postgresSql({ id: 0 });
const letter = sql.prepare<LetterRow>('SELECT what, item FROM dead_letter WHERE pk = ?');
const orphan = sql.prepare<Pick<LetterRow, 'item'>>('SELECT item FROM orphan WHERE pk = ?');
const quarantined = sql.prepare<Pick<LetterRow, 'item'>>('SELECT item FROM quarantine WHERE pk = ?');
const ofInbound = sql.prepare<{ readonly id: string }>(
  'SELECT c.id FROM inbound i JOIN conversation c ON c.pk = i.conversation WHERE i.pk = ?',
);

/**
 * What the replay of something that was set aside works on. Its id does not tell, so it is looked up: what a row says of that
 * never changes, and whether it is there still is seen again once the locks are held.
 */
export async function replayTouches(asker: Asker, id: string): Promise<Touches> {
  const pk = pkOf(id);
  if (id === refOf('letter', pk)) return ofLetter(asker, await perform(letter.get(pk), asker));
  const row = await perform((id === refOf('orphan', pk) ? orphan : quarantined).get(pk), asker);
  return row === undefined ? {} : ofStatus(JSON.parse(row.item) as Acknowledgement);
}

async function ofLetter(asker: Asker, row: LetterRow | undefined): Promise<Touches> {
  if (row === undefined) return {};
  const item = JSON.parse(row.item);
  switch (row.what) {
    case 'outbound':
      return { outbounds: [pkOf(item.outbound)] };
    case 'turn': {
      const conversation = await perform(ofInbound.get(pkOf(item.message)), asker);
      return conversation === undefined ? {} : { conversations: [conversation.id] };
    }
    case 'forward':
      return { names: [forwardLane(item.lane)] };
    case 'webhook-item':
      return {};
  }
}

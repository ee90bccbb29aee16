import type { Pool } from 'pg';
import { BluetickError } from '../../errors.ts';

/**
 * Sees that no store is being moved into the database. To be asked when this process is one of its instances: a move that
 * begins later sees that.
 *
 * @throws BluetickError `invalid_configuration` if the move of a store has begun and is not finished
 */
export async function refuseUnfinishedMove(pool: Pool): Promise<void> {
  const { rows } = await pool.query('SELECT FROM store_move WHERE finished_at IS NULL');
  if (rows.length === 0) return;
  throw new BluetickError(
    'invalid_configuration',
    'DATABASE_URL: a store is being moved into this database. Run npm run migrate-store again until it says that it is done.',
    { field: 'DATABASE_URL' },
  );
}

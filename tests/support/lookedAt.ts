import pg from 'pg';
import { openPool } from '../../middleware/storage/postgres/openPool.ts';

/** What PostgreSQL says of a part of a plan that it has run. */
interface PlanNode {
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A statement that was run. */
export interface Looked {
  readonly statement: string;
  /** How many rows it looked at, whatever came of them. One that two parts of its plan had in hand counts twice. */
  readonly rows: number;
}

/** A pool whose database tells what its statements look at. */
export interface CountedPool {
  readonly pool: pg.Pool;
  /** The statements since the last call, in their order. */
  taken(): readonly Looked[];
}

/**
 * The database tells the plan of each statement, with what it came to, beside its answer (its manual, "auto_explain"). Statements are
 * planned for whatever values, as they are on a connection that has been at work for a while.
 */
const told: Readonly<Record<string, string>> = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  plan_cache_mode: 'force_generic_plan',
};

/** Opens a database as a store does, over one connection, and counts what each statement looks at. */
export async function openCounted(url: string): Promise<CountedPool> {
  const client = new pg.Client(url);
  await client.connect();
  const name = client.escapeIdentifier(new URL(url).pathname.slice(1));
  for (const [setting, to] of Object.entries(told))
    await client.query(`ALTER DATABASE ${name} SET ${setting} = '${to}'`);
  await client.end();
  const pool = openPool({ url, connections: 1 });
  let looked: Looked[] = [];
  pool.on('connect', connection =>
    connection.on('notice', ({ message = '' }) => {
      const [, plan] = /^duration: .*? plan:\n(.*)$/s.exec(message) ?? [];
      if (plan === undefined) return;
      const { 'Query Text': statement, Plan } = JSON.parse(plan);
      looked.push({ statement, rows: rowsOf(Plan) });
    }),
  );
  return {
    pool,
    taken() {
      const taken = looked;
      looked = [];
      return taken;
    },
  };
}

function rowsOf({ Plans = [], ...node }: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0);
  const rows = ((node['Actual Rows'] ?? 0) + removed) * (node['Actual Loops'] ?? 1);
  return rows + Plans.reduce((sum, plan) => sum + rowsOf(plan), 0);
}

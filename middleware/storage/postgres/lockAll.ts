import type { OperationCall } from '../operationCall.ts';
import type { Value } from '../sql/sql.ts';
import { type Connection, over } from './perform.ts';
import { PostgresStatement } from './postgresSql.ts';
import { replayTouches } from './replayTouches.ts';
import { storable } from './storable.ts';
import { forwardLane, lockKeyOf, type Touches, touchesOf } from './touches.ts';

/** Every conversation that a call of the batch is about, locked in the order of their keys: whoever does so never waits in a circle. */
const lockConversations = new PostgresStatement(`
  SELECT named.call, c.pk FROM (
    SELECT t.call, c.pk FROM unnest(CAST(:idCalls AS int[]), CAST(:ids AS text[])) AS t (call, id) JOIN conversation c ON c.id = t.id
    UNION ALL
    SELECT t.call, c.pk
    FROM unnest(CAST(:addressCalls AS int[]), CAST(:channels AS text[]), CAST(:businesses AS text[]), CAST(:customers AS text[]))
      AS t (call, channel, business, customer)
    JOIN conversation c ON c.customer = t.customer AND c.business = t.business AND c.channel = t.channel
    UNION ALL
    SELECT t.call, o.conversation
    FROM unnest(CAST(:outboundCalls AS int[]), CAST(:outbounds AS bigint[])) AS t (call, pk) JOIN outbound o ON o.pk = t.pk
    UNION ALL
    SELECT t.call, l.conversation
    FROM unnest(CAST(:providerCalls AS int[]), CAST(:providers AS bytea[])) AS t (call, provider)
    JOIN ledger l ON l.provider = t.provider
    UNION ALL
    SELECT t.call, o.conversation
    FROM unnest(CAST(:correlationCalls AS int[]), CAST(:correlations AS text[])) AS t (call, correlation)
    JOIN outbound o ON o.correlation = t.correlation AND (o.provider_id IS NULL OR o.interrupted > 0)
  ) named JOIN conversation c ON c.pk = named.pk ORDER BY c.pk FOR UPDATE OF c`);

const lanesOf = new PostgresStatement(
  'SELECT CAST(t.call AS int) AS call, f.lane FROM unnest(CAST(:calls AS int[]), CAST(:pks AS bigint[])) AS t (call, pk) JOIN forward f ON f.pk = t.pk',
);

const lockNames = new PostgresStatement(
  'SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key',
);

/**
 * Locks what the calls of a batch work on, until the transaction ends. Names come before rows, and each in an order that all
 * processes keep: none waits for another in a circle.
 *
 * @returns for each call what it works on, as keys: calls that share one must not go side by side
 */
export async function lockAll(
  connection: Connection,
  calls: readonly OperationCall[],
): Promise<readonly (readonly string[])[]> {
  const touches = await Promise.all(
    calls.map(call =>
      call.name === 'replay' ? replayTouches(over(connection), String(call.args[0])) : touchesOf(call),
    ),
  );
  const keys = touches.map(({ names = [], addresses = [], conversations = [] }) => [
    ...names,
    // A conversation that is not there yet has no row to lock: in this process its calls follow one another.
    ...addresses.map(({ channel, business, customer }) => `at ${channel} ${business} ${customer}`),
    ...conversations,
  ]);
  await addLanes(connection, touches, keys);
  const names = new Set(touches.flatMap(({ names = [] }) => names).concat(lanesIn(keys)));
  if (names.size > 0) {
    const sorted = [...names].map(lockKeyOf).sort();
    await query(connection, lockNames, { keys: sorted });
  }
  for (const { call, pk } of await conversationsOf(connection, touches))
    keys[call]?.push(`conversation ${pk}`);
  return keys;
}

/** A request that was passed on is told of by its key alone: its lane has to be looked up. */
async function addLanes(
  connection: Connection,
  touches: readonly Touches[],
  keys: readonly string[][],
): Promise<void> {
  const named = listed(touches, ({ forwards }) => forwards);
  if (named.items.length === 0) return;
  const rows = await query<{ call: number; lane: string }>(connection, lanesOf, {
    calls: named.calls,
    pks: named.items,
  });
  for (const { call, lane } of rows) keys[call]?.push(forwardLane(lane));
}

function lanesIn(keys: readonly (readonly string[])[]): readonly string[] {
  return keys.flat().filter(key => key.startsWith(forwardLane('')));
}

async function conversationsOf(connection: Connection, touches: readonly Touches[]) {
  const ids = listed(touches, ({ conversations }) => conversations);
  const addresses = listed(touches, each => each.addresses);
  const outbounds = listed(touches, each => each.outbounds);
  const providers = listed(touches, each => each.providers);
  const correlations = listed(touches, each => each.correlations);
  if ([ids, addresses, outbounds, providers, correlations].every(({ items }) => items.length === 0))
    return [];
  return query<{ call: number; pk: number }>(connection, lockConversations, {
    idCalls: ids.calls,
    ids: ids.items,
    addressCalls: addresses.calls,
    channels: addresses.items.map(({ channel }) => channel),
    businesses: addresses.items.map(({ business }) => business),
    customers: addresses.items.map(({ customer }) => customer),
    outboundCalls: outbounds.calls,
    outbounds: outbounds.items,
    providerCalls: providers.calls,
    providers: providers.items,
    correlationCalls: correlations.calls,
    correlations: correlations.items,
  });
}

/** What all calls name of one kind, and beside each the call that names it. */
function listed<T>(touches: readonly Touches[], of: (each: Touches) => readonly T[] | undefined) {
  const named = touches.flatMap((each, call) => (of(each) ?? []).map(item => ({ call, item })));
  return { calls: named.map(({ call }) => call), items: named.map(({ item }) => item) };
}

async function query<Row extends object>(
  connection: Connection,
  { name, text, names }: PostgresStatement,
  values: Readonly<Record<string, readonly Value[]>>,
): Promise<readonly Row[]> {
  const given = names.map(each => values[each]?.map(storable));
  const { rows } = await connection.query<Row>({ name, text, values: given });
  return rows;
}

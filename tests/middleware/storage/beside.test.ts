import assert from 'node:assert/strict';
import { Line } from '../../../middleware/storage/postgres/line.ts';
import { type Connection, perform } from '../../../middleware/storage/postgres/perform.ts';
import { postgresSql } from '../../../middleware/storage/postgres/postgresSql.ts';
import type { Op } from '../../../middleware/storage/sql/sql.ts';

describe('what an operation asks for side by side', () => {
  const sql = postgresSql({ id: 1 });
  const statement = (name: string) => sql.prepare(`SELECT '${name}', ?`);
  const [first, second, look] = [statement('first'), statement('second'), statement('look')];

  /** A connection that answers everything, and what it was sent in one turn each. */
  function recorded() {
    const turns: string[][] = [];
    let turn: string[] | undefined;
    const query = ({ text, values }: { text: string; values: unknown[] }) => {
      if (turn === undefined) {
        turn = [];
        turns.push(turn);
        setImmediate(() => {
          turn = undefined;
        });
      }
      turn.push(`${/'(\w+)'/.exec(text)?.[1]} ${values}`);
      return new Promise(resolve => setImmediate(resolve, { rows: [{}], rowCount: 1 }));
    };
    return { turns, line: new Line({ query } as unknown as Connection) };
  }

  it('goes out behind what was written before, together, and before what is written afterwards', async () => {
    const { turns, line } = recorded();
    function* part(name: string): Op<string> {
      yield* first.write(`by ${name}`);
      yield* look.get(`of ${name}`);
      yield* second.write(`by ${name}`);
      return name;
    }
    function* whole(): Op<readonly string[]> {
      yield* first.write('before');
      yield* second.write('before');
      const names = yield* sql.beside([part('a'), part('b')]);
      yield* first.write('after');
      yield* look.get('at the end');
      return names;
    }
    const sent: Promise<unknown>[] = [];
    assert.deepEqual(await perform(whole(), line.chain(), sent), ['a', 'b']);
    assert.deepEqual(turns, [
      ['first before', 'second before', 'first by a', 'first by b', 'look of a', 'look of b'],
      ['second by a', 'second by b', 'first after', 'look at the end'],
    ]);
  });

  it('has ended as a whole before it fails: nothing is asked behind the end of its transaction', async () => {
    const { turns, line } = recorded();
    function* fails(): Op<void> {
      yield* look.get('once');
      throw new Error('on purpose');
    }
    function* goesOn(): Op<void> {
      for (let times = 0; times < 3; times += 1) yield* look.get('again');
    }
    await assert.rejects(perform(sql.beside([fails(), goesOn()]), line.chain()), /on purpose/);
    assert.equal(turns.flat().filter(what => what === 'look again').length, 3);
  });
});

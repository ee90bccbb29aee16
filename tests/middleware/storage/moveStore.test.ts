import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import type { Store } from '../../../middleware/ports.ts';
import type { MovedFile } from '../../../middleware/storage/move/copyFiles.ts';
import type { MoveStep } from '../../../middleware/storage/move/moveSteps.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { admission, batch, leaseMs, message, now, room } from '../../contract/storeSamples.ts';
import { pick, seededRandom } from '../../fault/random.ts';
import { firstSeed, roundsWanted } from '../../fault/rounds.ts';
import { environment } from '../../support/hostProcess.ts';
import { testDatabase } from '../../support/postgres.ts';
import { fullFile } from './fullFile.ts';
import { answersOf, customers } from './fullStore.ts';

const script = join(import.meta.dirname, '..', '..', 'support', 'moveProcess.ts');
const rounds = roundsWanted(3);
const seed = firstSeed(1);
/** By then every lease has ended, and all that waited is due. */
const muchLater = now + 3_600_000;

/** Answers of two stores side by side: what is absent is so in both, and PostgreSQL has no NUL in its text. */
const comparable = (answers: unknown) =>
  JSON.parse(JSON.stringify(answers), (_, value) =>
    typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value,
  );

describe('the move of a store to PostgreSQL', () => {
  const file = fullFile();
  const { openFile, openDatabase, move } = file;

  it('moves every row of every table, and the database answers as the file did', async () => {
    const bytes = await readFile(file.path);
    const url = await testDatabase();
    const { tables } = await move(url, { batchRows: 3 });
    assert.deepEqual(
      tables.filter(table => !table.same || table.file.rows === 0).map(({ name }) => name),
      ['file'],
      'the same on both sides, and something in every table but that of files',
    );
    const store = await openDatabase(url);
    assert.deepEqual(comparable(await answersOf(store)), comparable(file.answers));
    const held = (await store.listConversations({ limit: 1, holder: 'agent' })).items;
    assert.equal(held[0]?.agent, 'Åsa\uFFFD', 'PostgreSQL has no NUL in its text');
    assert.ok(bytes.equals(await readFile(file.path)), 'the file is as it was');
  });

  it('lets the database go on where the file stopped: what is due is claimed, and no new id was there before', async () => {
    const url = await testDatabase();
    await copyFile(file.path, join(file.folder, 'copy.sqlite'));
    await move(url);
    const goOn = async (store: Store) => {
      const { claims, nextDueAt } = await store.claimDue(muchLater, room, leaseMs);
      const { forwards } = await store.claimForwards(muchLater, 9, leaseMs);
      const { hooks } = await store.claimHooks(muchLater, 9, leaseMs);
      const [customer] = customers;
      const at = { limit: 9, before: undefined };
      const { admitted } = await store.admit(batch([admission(message('new', { customer }))]));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const request = { headers: {}, body: '' };
      const sent = {
        conversation: conversation.id,
        content: { type: 'text', text: 'hi' },
        correlation: 'k',
      } as const;
      return {
        claims: claims.map(({ kind, conversation: { id } }) => `${kind} ${id}`).sort(),
        nextDueAt,
        forwards,
        hooks,
        again: (await store.admit(batch([admission(message(`${customer} 1`, { customer }))]))).admitted[0]
          ?.status,
        ref,
        turn: await store.beginTurn(conversation.id, muchLater),
        outbound: (await store.addOutbound({ ...sent, now, leaseMs })).outbound.ref,
        forward: await store.addForward({ channel: 'twilio', key: '4', lane: 'l', request }, now, leaseMs),
        known: await store.addForward({ channel: 'twilio', key: '3', lane: 'l', request }, now, leaseMs),
        receipts: (await store.listReceipts(conversation.id, at.limit)).map(({ outcome }) => outcome),
      };
    };
    const was = await goOn(await openFile(join(file.folder, 'copy.sqlite')));
    assert.deepEqual(comparable(await goOn(await openDatabase(url))), comparable(was));
    assert.deepEqual(
      [was.claims.length > 6, was.again, was.forward],
      [true, 'duplicate', { status: 'claimed', id: '4' }],
    );
  });

  it('is done once: a second time it says when the first was, and leaves alone what has come since', async () => {
    const url = await testDatabase();
    await move(url);
    await (await openDatabase(url)).putPolicy({ kind: 'channel', id: 'meta' }, {});
    const again = await move(url);
    assert.ok(again.finishedBefore instanceof Date);
    assert.deepEqual(again.tables, []);
  });

  it('says that the database is not the same where somebody has written to it meanwhile, and lets no host start', async () => {
    const url = await testDatabase();
    const client = new pg.Client(url);
    await client.connect();
    try {
      let tampered: Promise<unknown> | undefined;
      const { tables } = await move(url, {
        onStep({ what }) {
          if (what === 'checks')
            tampered ??= client.query(`UPDATE ledger SET read_at = 1; INSERT INTO policy VALUES ('x', '{}')`);
        },
      });
      await tampered;
      assert.deepEqual(
        tables.filter(({ same }) => !same).map(({ name }) => name),
        ['ledger', 'policy'],
      );
      await assert.rejects(openPostgresStore({ url }), {
        code: 'invalid_configuration',
        field: 'DATABASE_URL',
      });
    } finally {
      await client.end();
    }
  });

  it('takes along the files that stand beside the store, each once, also where one broke off', async () => {
    const url = await testDatabase();
    const sent = (id: string, ...parts: string[]): MovedFile => ({
      id,
      about: `about ${id}`,
      expiresAt: Date.now() + 1e6,
      async *body() {
        for (const part of parts) yield Buffer.from(part);
      },
    });
    const first = sent('1', 'a', 'b'.repeat(600_000));
    await assert.rejects(
      move(url, {
        files: (async function* () {
          yield first;
          yield {
            ...sent('2'),
            body: () =>
              (async function* () {
                yield Buffer.from('x');
                throw new Error('cut off');
              })(),
          };
        })(),
      }),
    );
    const { tables } = await move(url, { files: Readable.from([first, sent('2', 'x', 'y')]) });
    const moved = tables.find(({ name }) => name === 'file');
    assert.deepEqual([moved?.same, moved?.database.rows], [true, 2]);
    const kept = (await openDatabase(url)).files;
    for (const { id, about, body } of [first, sent('2', 'xy')]) {
      const found = await kept?.open(id);
      assert.deepEqual(
        [found?.about, await text(Readable.from(found?.body ?? []))],
        [about, await text(Readable.from(body()))],
      );
    }
  });

  describe(`that is killed (BLUETICK_FAULT_SEED=${seed}, rounds: ${rounds})`, function () {
    this.timeout(20_000 + rounds * 10_000);
    for (let round = 0; round < rounds; round += 1) {
      it(`goes on behind the last batch, and nothing is lost or doubled (seed ${seed + round})`, async () => {
        const random = seededRandom(seed + round);
        const url = await testDatabase();
        const batches = String(1 + Math.floor(random() * 24));
        const args = [script, file.path, url, batches, pick(['now', 'later'], random)];
        const child = spawn(process.execPath, args, { env: environment({}), stdio: 'inherit' });
        const [code, signal] = await once(child, 'exit');
        assert.deepEqual([code, signal], [null, 'SIGKILL']);
        await assert.rejects(openPostgresStore({ url }), /a store is being moved into this database/);
        const copied = await rowsCopied(url);
        assert.ok(copied > 0);
        const steps: MoveStep[] = [];
        const { tables } = await move(url, { onStep: step => steps.push(step) });
        assert.deepEqual(
          tables.filter(({ same }) => !same),
          [],
        );
        const again = steps
          .filter(({ what }) => what === 'copies')
          .reduce((rows, { rows: added }) => rows + added, 0);
        const all = tables.reduce((rows, { file }) => rows + file.rows, 0);
        assert.ok(again < all, 'what was over was not done again');
        assert.deepEqual(comparable(await answersOf(await openDatabase(url))), comparable(file.answers));
      });
    }
  });

  it('waits for another move that goes on, and finds everything done', async () => {
    const url = await testDatabase();
    let second: ReturnType<typeof file.move> | undefined;
    await file.move(url, {
      onStep({ what }) {
        if (what === 'copies') second ??= file.move(url);
      },
    });
    assert.ok((await second)?.finishedBefore instanceof Date);
  });
});

async function rowsCopied(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query('SELECT sum(copied) AS copied FROM store_move_table');
    return Number(rows[0]?.copied);
  } finally {
    await client.end();
  }
}

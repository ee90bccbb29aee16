/**
 * A process that has the embedded store: it opens the file that its first argument names, and says in one line of
 * JSON whether it has it. With `admit` as the second argument it admits a message, and says its ref once that is
 * promised. It lives until it is killed, or its standard input ends.
 */
import { asBluetickError } from '../../middleware/errors.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';

const [, , path = '', task] = process.argv;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const store = await openSqliteStore({ path });
  process.stdin.resume().on('end', () => store.close());
  if (task === 'admit') {
    const now = Date.now();
    const message = {
      channel: 'meta',
      business: 'b1',
      customer: '4915550001111',
      kind: 'message',
      providerId: 'wamid.in',
      key: 'wamid.in',
      sentAt: now,
      content: { type: 'text', text: 'hi' },
    } as const;
    const { admitted } = await store.admit({
      admissions: [
        {
          message,
          decidedOn: undefined,
          receipt: { outcome: 'scheduled', dueAt: now, because: 'accepted' },
          solo: false,
          expiresAt: undefined,
          characters: 2,
          turn: true,
        },
      ],
      rejected: [],
      firstHolder: 'bot',
      now,
      leaseMs: 10_000,
    });
    say({ ref: admitted[0]?.ref, conversation: admitted[0]?.conversation.id });
  } else {
    say({ open: true });
  }
} catch (error) {
  const { code, message, field } = asBluetickError(error);
  say({ refused: { code, message, field } });
  process.stdin.destroy();
}

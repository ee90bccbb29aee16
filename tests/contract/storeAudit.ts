import assert from 'node:assert/strict';
import type { ReceiptChange, ReceiptStep } from '../../middleware/ports.ts';
import { admission, held, known, lane, later, message, now, type StoreSuite } from './storeSamples.ts';

const byAgent = { by: 'agent', event: 'opened', agent: 'Ada', via: 'token' } as const;
const away = { code: '131000', is: 'provider_unavailable', detail: 'Something went wrong' } as const;

/** How each receipt came to be what it is. */
export function describeAudit(suite: StoreSuite): void {
  describe('the audit', () => {
    const page = { limit: 100 };
    const of = (conversation: string) => suite.store.audit({ conversation }, page);
    const told = (steps: readonly ReceiptStep[]) =>
      steps.map(({ message, outcome, cause }) => [message, outcome, cause.by]);
    async function admitted(...admissions: Parameters<StoreSuite['admit']>) {
      const result = await suite.admit(...admissions);
      const id = String(result.admitted[0]?.conversation.id);
      return { id, refs: result.admitted.map(({ ref }) => ref) as [string, string, string] };
    }

    it('keeps each step with its cause, its rule and its time, over a restart', async () => {
      const { id, refs } = await admitted(admission(message('w1'), held));
      const [ref] = refs;
      const change = async (at: number, changed: Omit<ReceiptChange, 'ref'>) =>
        suite.store.changeReceipts(id, [{ ref, ...changed }], { ...lane, now: at });
      const dueAt = now + 20;
      await change(now + 10, { outcome: 'scheduled', dueAt, because: 'opened', cause: byAgent });
      const again = { outcome: 'scheduled', dueAt: now + 99, because: 'opened', attempts: 1 } as const;
      await change(now + 30, { ...again, cause: { by: 'provider' }, answer: away });
      const sent = { outcome: 'sent', because: 'opened', at: now + 99, attempts: 2 } as const;
      await change(now + 99, { ...sent, cause: { by: 'provider' }, answer: 'taken' });
      await suite.reopen();
      const each = { message: ref, messageId: 'w1', conversation: id };
      const because = 'opened';
      assert.deepEqual(known((await of(id)).map(({ id: _id, ...step }) => step)), [
        { ...each, at: now + 99, outcome: 'sent', because, cause: { by: 'provider' }, answer: 'taken' },
        {
          ...each,
          at: now + 30,
          outcome: 'scheduled',
          because,
          dueAt: now + 99,
          cause: { by: 'provider' },
          answer: away,
        },
        { ...each, at: now + 10, outcome: 'scheduled', because, dueAt, cause: byAgent },
        {
          ...each,
          at: now,
          outcome: 'held',
          because: held.receipt.because,
          until: 'manual',
          cause: { by: 'policy' },
        },
      ]);
      assert.deepEqual(await suite.store.audit({ message: ref }, page), await of(id));
    });

    it('tells what the order of messages forces', async () => {
      const { id, refs } = await admitted(
        admission(message('w1'), held),
        admission(message('w2', { sentAt: now + 10 })),
      );
      const [first, second] = refs;
      const cause = { by: 'key' } as const;
      const free = { ref: first, outcome: 'scheduled', dueAt: now, because: 'asked', cause } as const;
      await suite.store.changeReceipts(id, [free], lane);
      const end = { outcome: 'sent', because: 'asked', at: now, cause: { by: 'provider' } } as const;
      await suite.store.changeReceipts(id, [{ ref: second, ...end, answer: 'taken' }], lane);
      const late = await admitted(admission(message('w0', { sentAt: now + 5 })));
      assert.deepEqual(told(await of(id)), [
        [late.refs[0], 'covered', 'order'],
        [second, 'sent', 'provider'],
        [second, 'scheduled', 'order'],
        [second, 'held', 'order'],
        [second, 'scheduled', 'policy'],
        [first, 'scheduled', 'key'],
        [first, 'held', 'policy'],
      ]);
    });

    it('holds nothing that did not happen', async () => {
      const echo = admission(message('w0', { kind: 'echo' }), { receipt: undefined });
      const { id, refs } = await admitted(admission(message('w1')), echo);
      const [ref] = refs;
      // A call that was put off; the same message again; and a change that came too late.
      const late = { ref, outcome: 'scheduled', dueAt: now + 9, because: 'accepted' } as const;
      await suite.store.changeReceipts(id, [late], lane);
      await suite.admit(admission(message('w1')));
      const end = { ref, outcome: 'skipped', because: 'closed unread', at: now, cause: byAgent } as const;
      await suite.store.changeReceipts(id, [end], lane);
      await suite.store.changeReceipts(id, [{ ...end, outcome: 'sent' }], lane);
      assert.deepEqual(told(await of(id)), [
        [ref, 'skipped', 'agent'],
        [ref, 'scheduled', 'policy'],
      ]);
      assert.deepEqual(await of('c_nobody'), []);
      assert.deepEqual(await suite.store.audit({ message: 'm999' }, page), []);
    });

    it('holds a call that was made, whatever has become of the receipt meanwhile', async () => {
      const { id, refs } = await admitted(admission(message('w1')));
      const [ref] = refs;
      const cause = { by: 'provider' } as const;
      const failed = { ref, outcome: 'scheduled', because: 'accepted', onlyScheduled: true, cause } as const;
      const hold = {
        ref,
        outcome: 'held',
        until: 'manual',
        because: 'asked',
        cause: { by: 'dialog' },
      } as const;
      await suite.store.changeReceipts(id, [hold], lane);
      const late = await suite.store.changeReceipts(id, [{ ...failed, dueAt: now + 9, answer: away }], {
        ...lane,
        now: now + 5,
      });
      assert.deepEqual(late.changed, []);
      const end = { ref, outcome: 'skipped', because: 'closed unread', at: now + 6, cause: byAgent } as const;
      await suite.store.changeReceipts(id, [end], lane);
      const sent = { ref, outcome: 'sent', because: 'accepted', at: now + 7, cause } as const;
      await suite.store.changeReceipts(id, [{ ...sent, answer: 'taken' }], lane);
      const steps = await of(id);
      assert.deepEqual(told(steps), [
        [ref, 'skipped', 'provider'],
        [ref, 'skipped', 'agent'],
        [ref, 'held', 'provider'],
        [ref, 'held', 'dialog'],
        [ref, 'scheduled', 'policy'],
      ]);
      const shown = steps.map(({ at, because, until, dueAt, answer }) => ({
        at,
        because,
        until,
        dueAt,
        answer,
      }));
      assert.deepEqual(known(shown[0] ?? {}), { at: now + 7, because: 'closed unread', answer: 'taken' });
      const held = { at: now + 5, because: 'asked', until: 'manual', answer: away };
      assert.deepEqual(known(shown[2] ?? {}), held);
    });

    it('is read page by page, the newest message first, and of each conversation by itself', async () => {
      const messages = [1, 2, 3].map(n => admission(message(`w${n}`, { sentAt: now + n }), later(now + 60)));
      const { id, refs } = await admitted(...(messages as [(typeof messages)[0]]));
      const other = await admitted(admission(message('x1', { customer: '4915550002222' })));
      for (const ref of refs) {
        const cause = { by: 'key' } as const;
        const change = { ref, outcome: 'scheduled', dueAt: now, because: 'asked', cause } as const;
        await suite.store.changeReceipts(id, [change], lane);
      }
      const whole = await of(id);
      assert.deepEqual(
        told(whole),
        refs.toReversed().flatMap(ref => [
          [ref, 'scheduled', 'key'],
          [ref, 'scheduled', 'policy'],
        ]),
      );
      assert.equal((await of(other.id)).length, 1);
      for (const limit of [1, 2, 4]) {
        const read: ReceiptStep[] = [];
        for (;;) {
          const before = read.at(-1)?.id;
          const next = await suite.store.audit({ conversation: id }, { limit, ...(before && { before }) });
          if (next.length === 0) break;
          read.push(...next);
        }
        assert.deepEqual(read, whole, `by ${limit}`);
      }
      const [, second] = await suite.store.audit({ message: refs[1] }, page);
      assert.deepEqual(
        await suite.store.audit({ message: refs[1] }, { limit: 1, before: String(whole[2]?.id) }),
        [second],
      );
    });
  });
}

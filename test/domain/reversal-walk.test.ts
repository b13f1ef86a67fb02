import fc from 'fast-check';

import type { Operation } from '../../src/domain/operation.ts';
import type { Answer } from '../../src/domain/outcome.ts';
import { paymentTransitions } from '../../src/domain/payment.ts';
import { amountPaid, isFinal } from '../../src/domain/payment.ts';
import { nextDeadline } from '../../src/domain/view.ts';
import { Bench, choiceOf, timing } from '../support/payment.ts';
import { moods, Till } from '../support/till.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 3_000);

const hows = ['answered', 'answered', 'lost before', 'lost after', 'lost late', 'refused'] as const;
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('cancel', 'expire', 'sync', 'arrive') }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('confirm', 'wait') }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('mood'), mood: fc.constantFrom(...moods) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('pay', 'notify'), nth: fc.nat(3) }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('end'), nth: fc.nat(3), how: fc.constantFrom(...hows) }) },
); // prettier-ignore
type Step = {
  act: string;
  nth?: number;
  how?: (typeof hows)[number];
  mood?: (typeof moods)[number];
};

/** What the poll of a question makes of an answer: it is one, or is waited for longer, or its time is over. */
function polled(bench: Bench, { awaits, settles_at, not_after, attempt_id }: Operation, answer: Answer): Answer | null {
  const isOver = bench.now >= not_after;
  const isKnown = bench.payment.attempts.find((one) => one.id === attempt_id)?.status === 'processing';
  const isNothing = answer.kind === 'not_found' && awaits !== 'word' && bench.now < (settles_at ?? Infinity);
  const isUnchanged = answer.kind === 'pending' && awaits === 'change' && isKnown;
  if (!isNothing && !isUnchanged) return answer;
  return isOver ? { kind: 'unknown', detail: 'asking has ended' } : null;
} // prettier-ignore

function end(bench: Bench, till: Till, op: Operation, how: Step['how']): void {
  const told = (answer: Answer) => bench.tell({ kind: 'outcome', operation: op.id, answer });
  if (op.verb.startsWith('query')) {
    const answer = how === 'answered' ? till.perform(op) : ({ kind: 'unknown', detail: 'lost' } as const);
    const isWaited = answer.kind === 'unknown' && bench.now < op.not_after;
    const heard = isWaited ? null : polled(bench, op, answer);
    if (heard) told(heard);
    return;
  }
  if (how === 'refused' || bench.now >= op.not_after) return void told({ kind: 'never_sent', detail: 'refused' });
  bench.send(op.verb);
  if (how === 'lost late') till.delay(op);
  if (how === 'answered' || how === 'lost after') {
    const answer = till.perform(op);
    if (how === 'answered') return void told(answer);
  }
  told({ kind: 'unknown', detail: 'lost' });
} // prettier-ignore

function walk(bench: Bench, till: Till, taken: Step): void {
  bench.now += 1_000;
  till.arrive();
  const { attempts } = bench.payment;
  const attempt = attempts[(taken.nth ?? 0) % Math.max(1, attempts.length)];
  switch (taken.act) {
    case 'cancel':
      return void bench.cancel();
    case 'expire':
      return void bench.expire();
    case 'sync':
      return void bench.tell({ kind: 'command', command: { name: 'sync' } });
    case 'confirm':
      return void bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('wechat_pay_code') } });
    case 'wait':
      bench.now += 30_000;
      till.arrive();
      return void bench.tell({ kind: 'due', what: 'time' });
    case 'arrive':
      return till.arrive('all');
    case 'mood':
      till.mood = taken.mood!;
      return;
    case 'pay':
      return attempt && till.pay(attempt.id);
    case 'notify': {
      const answer = attempt && till.say(attempt.id);
      if (answer?.kind !== 'approved') return;
      const { is_returned: _, ...notice } = answer; // the notice of the payment, however late
      return void bench.tell({ kind: 'evidence', about: 'attempt', reference: attempt!.id, answer: notice });
    }
    default: {
      const open = bench.openOperations();
      const op = open[taken.nth! % Math.max(1, open.length)];
      return op && end(bench, till, op, taken.how);
    }
  }
} // prettier-ignore

/** Everything is answered from now on, the payer has gone, and the channel is asked about everything. */
function rest(bench: Bench, till: Till): void {
  till.mood = 'refuses';
  for (let turns = 0; turns < 400; turns += 1) {
    bench.now += 5_000;
    till.arrive();
    bench.tell({ kind: 'due', what: 'time' });
    const open = bench.openOperations();
    const op = open.find(({ run_at }) => run_at <= bench.now);
    if (op) end(bench, till, op, 'answered');
    else if (open.length === 0 && !isFinal(bench.payment.status)) bench.expire();
    else if (open.length === 0) return;
  }
  throw new Error(`no rest: ${bench.verbs().join(', ')} of ${bench.payment.status}`);
}

function always(bench: Bench): void {
  const { payment } = bench;
  const orders = bench.openOperations().filter(({ verb }) => verb === 'create' || verb === 'close');
  expect(orders.length).toBeLessThan(2);
  expect(payment.attempts.filter((one) => one.token !== null && one.ending !== null)).toEqual([]);
  const due = nextDeadline(payment, bench.now, timing);
  if (due && due.at <= bench.now) expect(bench.tell({ kind: 'due', what: due.what }).changed).toBe(true); // else it rings for ever
} // prettier-ignore

describe.each([false, true])('payers who present codes (reversals refused: %s)', (refuses) => {
  test('on any walk leave books that agree with the channel, and pay once', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 10, maxLength: 40 }),
        fc.constantFrom(...moods),
        (steps, mood) => {
          const bench = new Bench({ method: 'wechat_pay_code' });
          const till = new Till(bench, refuses);
          till.mood = mood;
          for (const taken of steps as Step[]) {
            const before = bench.payment.status;
            walk(bench, till, taken);
            always(bench);
            const after = bench.payment.status;
            if (before !== after && !isFinal(before)) continue;
            if (before !== after) expect(paymentTransitions[before]).toContain(after);
          }
          rest(bench, till);
          bench.tell({ kind: 'command', command: { name: 'sync' } });
          rest(bench, till);
          const { payment } = bench;
          expect(bench.balance('channel_clearing')).toBe(till.balance);
          expect(till.balance).toBe(payment.status === 'succeeded' ? 1_999 : 0);
          expect(amountPaid(payment)).toBe(till.balance);
          expect(payment.cases).toEqual([]);
          expect(payment.attempts.every((one) => one.token === null)).toBe(true);
          seen.add(`${payment.status} ${payment.refunds.length > 0}`);
        },
      ),
      { numRuns },
    );
    const kinds = ['succeeded false', 'canceled true', 'canceled false'];
    expect([...seen]).toEqual(expect.arrayContaining(kinds));
  });
});

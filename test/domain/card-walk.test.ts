import fc from 'fast-check';

import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { amountPaid, isFinal } from '../../src/domain/payment.ts';
import { amountIn, isMerchants } from '../../src/domain/refund.ts';
import { CardChannel } from '../support/card-channel.ts';
import { Bench, choiceOf } from '../support/payment.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 3_000);

type Step =
  | { readonly act: 'cancel' | 'expire' | 'sync' | 'confirm' | 'decline' | 'wait' }
  | { readonly act: 'capture' | 'refund'; readonly amount: number | null; readonly is_final: boolean }
  | { readonly act: 'end'; readonly nth: number; readonly how: 'answered' | 'lost after' | 'lost before' | 'refused' | 'stored' }; // prettier-ignore

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('cancel', 'expire', 'sync', 'confirm', 'decline', 'wait') }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('capture', 'refund'), amount: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 2_100 })), is_final: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('end' as const), nth: fc.nat(3), how: fc.constantFrom('answered', 'answered', 'lost after', 'lost before', 'refused', 'stored') }) },
); // prettier-ignore

/** One call ends: answered, or lost before or after the channel has done it. */
function end(bench: Bench, channel: CardChannel, op: Operation, how: string): void {
  if (op.verb.startsWith('query')) {
    const answer = channel.perform(op);
    return void bench.tell({ kind: 'outcome', operation: op.id, answer });
  }
  if (how === 'refused')
    return void bench.tell({ kind: 'outcome', operation: op.id, answer: { kind: 'never_sent', detail: 'refused' } }); // prettier-ignore
  const isRepeat = bench.attemptOperations().some((one) => one.channel_key === op.channel_key && one.ended === 'unknown'); // prettier-ignore
  const isStored = how === 'stored' && isRepeat; // a replay: this request does nothing
  bench.send(op.verb);
  const answer = how === 'lost before' || how === 'stored' ? null : channel.perform(op);
  if (how === 'answered' && answer)
    return void bench.tell({ kind: 'outcome', operation: op.id, answer });
  const stored = isStored ? { is_stored: true as const } : {};
  bench.tell({ kind: 'outcome', operation: op.id, answer: { kind: 'unknown', detail: how, ...stored } }); // prettier-ignore
}

function walk(bench: Bench, channel: CardChannel, taken: Step): void {
  bench.now += 1_000;
  switch (taken.act) {
    case 'cancel':
      return void bench.cancel();
    case 'expire':
      return void bench.expire();
    case 'sync':
      return void bench.tell({ kind: 'command', command: { name: 'sync' } });
    case 'confirm':
      return void bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('card') } }); // prettier-ignore
    case 'decline':
      channel.declines = !channel.declines;
      return;
    case 'wait':
      bench.now += 120_000;
      return;
    case 'end': {
      const open = bench.openOperations();
      const op = open[taken.nth % Math.max(1, open.length)];
      if (op) end(bench, channel, op, taken.how);
      return;
    }
    default: {
      const amount = taken.amount === null ? null : toMinor(taken.amount);
      const command = taken.act === 'capture' ? { name: 'capture' as const, amount, is_final: taken.is_final } : { name: 'refund' as const, amount, reason: null }; // prettier-ignore
      bench.tell({ kind: 'command', command });
    }
  }
}

function always(bench: Bench): void {
  const { payment } = bench;
  const paid = amountPaid(payment);
  const reserved = amountIn(payment.refunds.filter(isMerchants), 'processing', 'succeeded', 'needs_attention'); // prettier-ignore
  expect(paid).toBeLessThanOrEqual(1_999);
  expect(reserved).toBeLessThanOrEqual(paid);
  expect(payment.captures.filter((one) => one.status === 'processing').length).toBeLessThan(2);
  const mutating = bench.openOperations().filter((op) => ['create', 'confirm', 'close', 'capture', 'void'].includes(op.verb)); // prettier-ignore
  expect(mutating.length).toBeLessThan(2);
}

/** Everything is answered from now on: the machine must come to rest with books that agree. */
function quiesce(bench: Bench, channel: CardChannel): void {
  for (let turns = 0; turns < 200; turns += 1) {
    bench.now += 70_000;
    const [op] = bench.openOperations();
    if (!op) return;
    end(bench, channel, op, 'answered');
  }
  throw new Error(`no rest: ${bench.verbs().join(', ')} of ${bench.payment.status}`);
}

describe.each(['automatic', 'manual'] as const)('a card payment with %s capture', (capture) => {
  test('on any walk ends with books that agree with its channel', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = new Bench({ method: 'card', capture });
        const channel = new CardChannel(bench);
        for (const taken of steps) {
          walk(bench, channel, taken);
          always(bench);
        }
        quiesce(bench, channel);
        expect(bench.balance('channel_clearing')).toBe(channel.balance);
        expect(bench.payment.cases).toEqual([]);
        if (bench.payment.status !== 'requires_capture' && bench.payment.status !== 'partially_captured') expect(channel.isHolding).toBe(false); // prettier-ignore
        expect(bench.payment.status === 'succeeded').toBe(isFinal(bench.payment.status) && bench.payment.paid_by !== null); // prettier-ignore
      }),
      { numRuns },
    );
  });
});

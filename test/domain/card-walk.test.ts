import fc from 'fast-check';

import { toMinor } from '../../src/domain/money.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { type Answer, isUnconfirmed } from '../../src/domain/outcome.ts';
import { amountPaid, isFinal } from '../../src/domain/payment.ts';
import { amountIn, isMerchants } from '../../src/domain/refund.ts';
import { CardChannel } from '../support/card-channel.ts';
import { Bench, paid } from '../support/payment.ts';
import { carryOut, type Deed, moneyDeed, mutatingOf } from '../support/walk.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 3_000);

type How = 'answered' | 'lost after' | 'lost before' | 'lost late' | 'refused' | 'stored';
type Step =
  | Deed
  | { readonly act: 'decline' | 'wait' | 'arrive' }
  | { readonly act: 'agree'; readonly nth: number; readonly isTold: boolean }
  | { readonly act: 'charge' | 'lie'; readonly nth: number }
  | { readonly act: 'increment'; readonly amount: number }
  | { readonly act: 'end'; readonly nth: number; readonly how: How }; // prettier-ignore

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('cancel', 'expire', 'sync', 'confirm', 'decline', 'wait', 'arrive') }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('charge', 'lie'), nth: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('agree' as const), nth: fc.nat(3), isTold: fc.boolean() }) },
  { weight: 2, arbitrary: moneyDeed },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('increment' as const), amount: fc.integer({ min: 1_900, max: 2_900 }) }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('end' as const), nth: fc.nat(3), how: fc.constantFrom<How>('answered', 'answered', 'lost after', 'lost before', 'lost late', 'refused', 'stored') }) },
); // prettier-ignore

/** That nobody has confirmed it is no answer while the confirmation may still arrive: the question goes on. */
function isTooEarly(bench: Bench, { awaits, settles_at }: Operation, answer: Answer): boolean {
  return awaits === 'answer' && isUnconfirmed(answer) && bench.now < (settles_at ?? 0);
}

/** One call ends: answered, or lost before or after the channel has done it. */
function end(bench: Bench, channel: CardChannel, op: Operation, how: string): void {
  if (op.verb.startsWith('query')) {
    const answer = channel.perform(op);
    if (isTooEarly(bench, op, answer)) return;
    return void bench.tell({ kind: 'outcome', operation: op.id, answer });
  }
  if (how === 'refused')
    return void bench.tell({ kind: 'outcome', operation: op.id, answer: { kind: 'never_sent', detail: 'refused' } }); // prettier-ignore
  const isRepeat = bench.attemptOperations().some((one) => one.channel_key === op.channel_key && one.ended === 'unknown'); // prettier-ignore
  const isStored = how === 'stored' && isRepeat && !channel.awaits(op.channel_key); // a replay: this request does nothing
  bench.send(op.verb);
  if (how === 'lost late') channel.delay(op);
  const isLost = how === 'lost before' || how === 'lost late' || how === 'stored';
  const answer = isLost ? null : channel.perform(op);
  if (how === 'answered' && answer)
    return void bench.tell({ kind: 'outcome', operation: op.id, answer });
  const stored = isStored ? { is_stored: true as const } : {};
  bench.tell({ kind: 'outcome', operation: op.id, answer: { kind: 'unknown', detail: how, ...stored } }); // prettier-ignore
}

/** The payer agrees to an order, and a callback says so, or is lost. */
function agree(bench: Bench, channel: CardChannel, attempt: string, isTold: boolean): void {
  const answer = channel.agree(attempt);
  const order = `pi_${attempt}`;
  if (answer && isTold)
    bench.tell({ kind: 'evidence', about: 'attempt', reference: attempt, order, answer });
}

/** The payer is charged beside or after it all, or somebody only says so: a genuine callback, or one that lies. */
function tellOfCharge(
  bench: Bench,
  channel: CardChannel,
  attempt: string,
  act: 'charge' | 'lie',
): void {
  const order = act === 'charge' ? channel.charge(attempt) : 'pi_of_nobody';
  if (order === null) return;
  const answer = act === 'charge' ? channel.notice(attempt, order) : paid({ channel_reference: order }); // prettier-ignore
  bench.tell({ kind: 'evidence', about: 'attempt', reference: attempt, order, answer });
}

function walk(bench: Bench, channel: CardChannel, method: string, taken: Step): void {
  bench.now += 1_000;
  channel.arrive();
  switch (taken.act) {
    case 'decline':
      channel.declines = !channel.declines;
      return;
    case 'wait':
      bench.now += 120_000;
      return channel.arrive();
    case 'arrive':
      return channel.arrive('all');
    case 'agree':
    case 'charge':
    case 'lie': {
      const { attempts } = bench.payment;
      const attempt = attempts[taken.nth % Math.max(1, attempts.length)];
      if (!attempt) return;
      if (taken.act === 'agree') return agree(bench, channel, attempt.id, taken.isTold);
      return tellOfCharge(bench, channel, attempt.id, taken.act);
    }
    case 'end': {
      const open = bench.openOperations();
      const op = open[taken.nth % Math.max(1, open.length)];
      if (op) end(bench, channel, op, taken.how);
      return;
    }
    case 'increment':
      return void bench.tell({ kind: 'command', command: { name: 'increment', amount: toMinor(taken.amount) } }); // prettier-ignore
    default:
      carryOut(bench, method, taken);
  }
}

function always(bench: Bench): void {
  const { payment } = bench;
  const paid = amountPaid(payment);
  const reserved = amountIn(payment.refunds.filter(isMerchants), 'processing', 'succeeded', 'needs_attention'); // prettier-ignore
  expect(paid).toBeLessThanOrEqual(payment.amount);
  for (const { amount, held } of payment.attempts) expect([0, amount]).toContain(held);
  expect(reserved).toBeLessThanOrEqual(paid);
  expect(payment.attempts.length).toBeLessThanOrEqual(payment.max_attempts);
  expect(payment.captures.filter((one) => one.status === 'processing').length).toBeLessThan(2);
  expect(mutatingOf(bench.openOperations().map((op) => op.verb)).length).toBeLessThan(2);
}

/** Everything is answered from now on: the machine must come to rest with books that agree. */
function quiesce(bench: Bench, channel: CardChannel): void {
  for (let turns = 0; turns < 200; turns += 1) {
    bench.now += 70_000;
    channel.arrive();
    if (bench.payment.status === 'requires_action') bench.expire(); // nobody agrees any more
    const [op] = bench.openOperations();
    if (!op) return;
    end(bench, channel, op, 'answered');
  }
  throw new Error(`no rest: ${bench.verbs().join(', ')} of ${bench.payment.status}`);
}

describe.each([
  ['card', 'automatic'],
  ['card', 'manual'],
  ['paypal', 'automatic'],
  ['paypal', 'manual'],
] as const)('a payment by %s with %s capture', (method, capture) => {
  test('on any walk ends with books that agree with its channel', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = new Bench({ method, capture });
        const channel = new CardChannel(bench, method === 'paypal');
        for (const taken of steps) {
          walk(bench, channel, method, taken);
          always(bench);
        }
        quiesce(bench, channel);
        expect(bench.balance('channel_clearing')).toBe(channel.balance);
        expect(bench.payment.cases).toEqual([]);
        const hold = bench.payment.attempts.find(({ status }) => status === 'held');
        if (hold) expect(channel.heldFor(hold.id)).toBe(hold.held);
        expect(bench.payment.attempts.flatMap(({ increments }) => increments).filter(({ status }) => status === 'processing')).toEqual([]); // prettier-ignore
        if (bench.payment.status !== 'requires_capture' && bench.payment.status !== 'partially_captured') expect(channel.isHolding).toBe(false); // prettier-ignore
        expect(bench.payment.status === 'succeeded').toBe(isFinal(bench.payment.status) && bench.payment.paid_by !== null); // prettier-ignore
      }),
      { numRuns },
    );
  });
});

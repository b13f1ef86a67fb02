import fc from 'fast-check';

import type { Operation } from '../../src/domain/operation.ts';
import { amountPaid, isFinal } from '../../src/domain/payment.ts';
import { amountIn, isMerchants } from '../../src/domain/refund.ts';
import { Bench } from '../support/payment.ts';
import { ReturningChannel } from '../support/returning-channel.ts';
import { carryOut, type Deed, moneyDeed, mutatingOf } from '../support/walk.ts';

const numRuns = Number(process.env['FC_RUNS'] ?? 3_000);

type How = 'answered' | 'lost after' | 'lost before' | 'lost late' | 'refused';
type Step =
  | Deed
  | { readonly act: 'wait' | 'arrive' }
  | { readonly act: 'mood'; readonly mood: ReturningChannel['mood'] }
  | { readonly act: 'return' | 'forge' | 'notice'; readonly nth: number }
  | { readonly act: 'beside'; readonly nth: number; readonly as: 'held' | 'paid' }
  | { readonly act: 'end'; readonly nth: number; readonly how: How }; // prettier-ignore

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('cancel', 'expire', 'sync', 'confirm', 'wait', 'arrive') }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('mood' as const), mood: fc.constantFrom('takes', 'sends away', 'declines') }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('return', 'forge', 'notice', 'notice'), nth: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('beside' as const), nth: fc.nat(3), as: fc.constantFrom('held', 'paid') }) },
  { weight: 2, arbitrary: moneyDeed },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('end' as const), nth: fc.nat(3), how: fc.constantFrom<How>('answered', 'answered', 'lost after', 'lost before', 'lost late', 'refused') }) },
); // prettier-ignore

/** One call ends: answered, or lost before or after the channel has done it. Before its report is out nobody answers a question. */
function end(bench: Bench, channel: ReturningChannel, op: Operation, how: How): void {
  const tell = (answer: ReturnType<ReturningChannel['perform']>) =>
    void bench.tell({ kind: 'outcome', operation: op.id, answer });
  if (op.verb.startsWith('query')) {
    const answer = channel.report(op);
    const isOut = bench.now >= Math.max(op.run_at, op.settles_at ?? 0);
    if (isOut || answer.kind !== 'not_found') tell(answer);
    return;
  }
  if (how === 'refused') return tell({ kind: 'never_sent', detail: how });
  bench.send(op.verb);
  if (how === 'lost late') channel.delay(op);
  const answer = how === 'lost before' || how === 'lost late' ? null : channel.perform(op);
  tell(how === 'answered' && answer ? answer : { kind: 'unknown', detail: how });
}

/** The payer of this attempt comes back, with what the channel gave him or with something that somebody made up. */
function comeBack(bench: Bench, nth: number, isForged: boolean): void {
  const { attempts } = bench.payment;
  const attempt = attempts[nth % Math.max(1, attempts.length)];
  if (!attempt) return;
  const id = isForged ? (`cbk_forged_${nth}` as const) : (`cbk_${attempt.id}` as const);
  bench.tell({ kind: 'evidence', about: 'attempt', reference: attempt.id, answer: { kind: 'returned', id } }); // prettier-ignore
}

/** Somebody else charges the payer under the number of this attempt, once we know the channel's own for it. */
function chargeBeside(bench: Bench, channel: ReturningChannel, nth: number, as: 'held' | 'paid'): void {
  const known = bench.payment.attempts.filter(({ handle }) => handle !== null);
  const attempt = known[nth % Math.max(1, known.length)];
  if (attempt) channel.chargeBeside(attempt.id, as);
} // prettier-ignore

function walk(bench: Bench, channel: ReturningChannel, taken: Step): void {
  bench.now += 1_000;
  channel.arrive();
  switch (taken.act) {
    case 'mood':
      channel.mood = taken.mood;
      return;
    case 'wait':
      bench.now += 120_000;
      return channel.arrive();
    case 'arrive':
      return channel.arrive('all');
    case 'return':
    case 'forge':
      return comeBack(bench, taken.nth, taken.act === 'forge');
    case 'beside':
      return chargeBeside(bench, channel, taken.nth, taken.as);
    case 'notice': {
      const told = channel.notices[taken.nth % Math.max(1, channel.notices.length)];
      if (told) bench.tell(told);
      return;
    }
    case 'end': {
      const open = bench.openOperations();
      const op = open[taken.nth % Math.max(1, open.length)];
      if (op) end(bench, channel, op, taken.how);
      return;
    }
    default:
      carryOut(bench, 'ideal', taken);
  }
}

function always({ payment, ...bench }: Bench, verbs: string[]): void {
  const paid = amountPaid(payment);
  const reserved = amountIn(payment.refunds.filter(isMerchants), 'processing', 'succeeded', 'needs_attention'); // prettier-ignore
  expect(paid).toBeLessThanOrEqual(1_999);
  expect(reserved).toBeLessThanOrEqual(paid);
  expect(mutatingOf(verbs).length).toBeLessThan(2);
  expect(verbs).not.toContain('close'); // there is no call for it
  expect(bench.now).toBeGreaterThan(0);
}

/** Everything is told and answered from now on: the machine must come to rest with books that agree. */
function quiesce(bench: Bench, channel: ReturningChannel): void {
  for (let turns = 0; turns < 200; turns += 1) {
    bench.now += 70_000;
    channel.arrive();
    for (const told of channel.notices.splice(0)) bench.tell(told);
    if (bench.payment.status === 'requires_action') bench.expire(); // nobody comes back any more
    const op = bench.openOperations().sort((a, b) => a.run_at - b.run_at)[0];
    if (!op) return;
    bench.now = Math.max(
      bench.now,
      op.run_at,
      op.verb.startsWith('query') ? (op.settles_at ?? 0) : 0,
    );
    end(bench, channel, op, 'answered');
  }
  const open = bench.openOperations().map(({ verb, awaits }) => `${verb} ${awaits}`);
  throw new Error(`no rest: ${open.join(', ')} of ${bench.payment.status}`);
}

test.each(['automatic', 'manual'] as const)(
  'a payment whose payer may be sent elsewhere, with %s capture, on any walk ends with books that agree with its channel',
  (capture) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = new Bench({ method: 'ideal', capture });
        const channel = new ReturningChannel(bench);
        for (const taken of steps) {
          walk(bench, channel, taken);
          always(bench, bench.verbs());
        }
        quiesce(bench, channel);
        expect(bench.balance('channel_clearing')).toBe(channel.balance);
        expect(bench.payment.cases).toEqual([]);
        expect(channel.isHoldingBeside).toBe(false);
        if (bench.payment.status !== 'requires_capture') expect(channel.isHolding).toBe(false);
        expect(bench.payment.status === 'succeeded').toBe(isFinal(bench.payment.status) && bench.payment.paid_by !== null); // prettier-ignore
      }),
      { numRuns },
    );
  },
);

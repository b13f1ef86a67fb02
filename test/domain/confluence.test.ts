import fc from 'fast-check';

import { attemptTransitions } from '../../src/domain/attempt.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer, QueryAnswer } from '../../src/domain/outcome.ts';
import { isFinal, paymentTransitions } from '../../src/domain/payment.ts';
import { Bench, cny, paid, qrCode } from '../support/payment.ts';

// 100,000 sequences in CI (faults.md section 4, P1); `FC_RUNS` makes longer campaigns.
const numRuns = Number(process.env['FC_RUNS'] ?? 25_000);

/** What a channel may say of one attempt, money included once or twice, agreed or not. */
const saying: fc.Arbitrary<QueryAnswer> = fc.oneof(
  fc.constant<QueryAnswer>({ kind: 'open' }),
  fc.constant<QueryAnswer>({ kind: 'pending' }),
  fc.constant<QueryAnswer>(paid()),
  fc.constant<QueryAnswer>(paid({ channel_reference: '4200002' })),
  fc.constant<QueryAnswer>({ kind: 'disagrees', detail: 'another order' }),
);

/** A payment whose payer has a code in hand: the channel's evidence begins to come. */
function waiting(): Bench {
  const bench = new Bench();
  bench.end('create', qrCode);
  return bench;
}

/** What must not depend on order or duplication: state and money, not the numbers of internal operations. */
function outcome(bench: Bench): object {
  return {
    status: bench.payment.status,
    outcome: bench.payment.outcome,
    receipts: bench.attempt.receipts.map((one) => one.channel_reference).toSorted(),
    uses: bench.attempt.receipts.map((one) => one.use).toSorted(),
    refunds: bench.payment.refunds.map((refund) => refund.origin),
    clearing: bench.balance('channel_clearing'),
    merchant: bench.balance('merchant_payable'),
    payer: bench.balance('payer_payable'),
  };
}

describe('evidence between two decisions', () => {
  test('may come in any order and any number of times', () => {
    fc.assert(
      fc.property(
        fc.array(saying, { maxLength: 6 }).chain((sayings) =>
          fc.record({
            sayings: fc.constant(sayings),
            shuffled: fc.shuffledSubarray([...sayings, ...sayings], {
              minLength: 2 * sayings.length,
            }),
          }),
        ),
        ({ sayings, shuffled }) => {
          const [once, again] = [waiting(), waiting()];
          for (const answer of sayings) once.callback(answer);
          for (const answer of shuffled) again.callback(answer);
          const money = (bench: Bench) => {
            const { status, ...rest } = outcome(bench) as { status: string };
            return sayings.some((one) => one.kind === 'approved') ? { status, ...rest } : rest;
          };
          expect(money(again)).toEqual(money(once));
        },
      ),
      { numRuns },
    );
  });
});

/** One thing that happens: the channel speaks, a call ends, the payer or the clock or the merchant acts. */
type Step =
  | 'cancel'
  | 'expire'
  | 'sync'
  | 'send'
  | 'attend'
  | { say: QueryAnswer }
  | { end: number; answer: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>('cancel', 'expire', 'sync', 'send', 'attend'),
  saying.map((say) => ({ say })),
  fc.record({ end: fc.nat(3), answer: fc.nat(7) }),
);

const money = { amount: toMinor(1_999), currency: cny, channel_reference: 'r' };

/** Answers that fit the verb of the call that ends. */
function answersTo(verb: string): (Answer | 'silent')[] {
  const lost: Answer = { kind: 'unknown', detail: 'timeout' };
  const unsent: Answer = { kind: 'never_sent', detail: 'refused' };
  if (verb === 'create') return [qrCode, lost, unsent, 'silent'];
  if (verb === 'close')
    return [{ kind: 'closed' }, { kind: 'refused', detail: 'paid' }, lost, unsent, 'silent'];
  if (verb === 'query')
    return [
      { kind: 'open' },
      { kind: 'pending' },
      { kind: 'closed' },
      paid(),
      { kind: 'not_found' },
      'silent',
    ];
  const states = (['processing', 'succeeded', 'needs_attention'] as const).map(
    (status) => ({ kind: 'refund', status, ...money }) as const,
  );
  return [...states, lost, unsent, 'silent', { kind: 'not_found' }];
}

function walk(bench: Bench, taken: Step): void {
  bench.now += 1_000;
  if (taken === 'cancel') bench.cancel();
  else if (taken === 'expire') bench.expire();
  else if (taken === 'sync') bench.tell({ kind: 'command', command: { name: 'sync' } });
  else if (taken === 'attend') bench.tell({ kind: 'attend' });
  else if (taken === 'send')
    for (const verb of ['create', 'close', 'refund'] as const) bench.send(verb);
  else if ('say' in taken) bench.callback(taken.say);
  else {
    const open = bench.openOperations();
    const operation = open[taken.end % Math.max(1, open.length)];
    if (!operation) return;
    const answers = answersTo(operation.verb);
    const fact: Fact = {
      kind: 'outcome',
      operation: operation.id,
      answer: answers[taken.answer % answers.length]!,
    };
    bench.tell(fact);
  }
}

/** Codes of a channel that has an order at once, and of one that has it when the payer opens it. */
const code = fc.constantFrom('wechat_pay_qr', 'alipay_qr');

describe('every walk through a payment', () => {
  test('keeps money, decisions and tables whole', () => {
    fc.assert(
      fc.property(code, fc.array(step, { maxLength: 25 }), (method, steps) => {
        const bench = new Bench({ method });
        for (const taken of steps) {
          const before = bench.payment;
          const moneyBefore = bench.attempt.receipts.length;
          walk(bench, taken);
          const after = bench.payment;
          // Money facts only grow, and `succeeded` means that money was counted for the order.
          expect(bench.attempt.receipts.length).toBeGreaterThanOrEqual(moneyBefore);
          expect(after.status === 'succeeded').toBe(after.paid_by !== null);
          expect(bench.balance('merchant_payable')).toBe(after.paid_by ? -1_999 : 0);
          // Every step is in the tables; the reducer throws on one that is not.
          if (before.status !== after.status)
            expect(paymentTransitions[before.status]).toContain(after.status);
          const [was, is] = [before.attempts[0]!.status, bench.attempt.status];
          if (was !== is) expect([...attemptTransitions[was]]).toContain(is);
          // What came in and was not sent back is the order's money or owed to the payer.
          const owed =
            bench.balance('channel_clearing') +
            bench.balance('merchant_payable') +
            bench.balance('payer_payable');
          expect(owed).toBe(0);
          expect(bench.balance('channel_clearing')).toBeGreaterThanOrEqual(0);
          // At most one mutating call of the attempt is in flight.
          expect(
            bench.openOperations().filter((op) => op.verb === 'create' || op.verb === 'close')
              .length,
          ).toBeLessThan(2);
          // An open payment owes something or waits for a deadline or a person: nobody forgets it.
          if (!isFinal(after.status)) {
            const waits =
              after.given_up === null || after.cases.some((one) => one.status === 'open');
            expect(waits || bench.openOperations().length > 0).toBe(true);
          }
        }
      }),
      { numRuns },
    );
  });

  test('never repeats a fact that was folded: the same outcome again changes nothing', () => {
    fc.assert(
      fc.property(
        code,
        fc.array(step, { maxLength: 12 }),
        fc.nat(3),
        fc.nat(7),
        (method, steps, end, answer) => {
          const bench = new Bench({ method });
          for (const taken of steps) walk(bench, taken);
          const open = bench.openOperations();
          const operation = open[end % Math.max(1, open.length)];
          if (!operation) return;
          const answers = answersTo(operation.verb);
          const fact: Fact = {
            kind: 'outcome',
            operation: operation.id,
            answer: answers[answer % answers.length]!,
          };
          bench.tell(fact);
          expect(bench.tell(fact).changed).toBe(false);
        },
      ),
      { numRuns },
    );
  });
});

import fc from 'fast-check';

import { failureOf } from '../../src/domain/failure.ts';
import { toMinor } from '../../src/domain/money.ts';
import { paymentObject, refundObject } from '../../src/domain/payment-object.ts';
import { type Refunding, refundRefusal, refundTermsOf } from '../../src/domain/refund-rule.ts';
import type { RefundRule } from '../../src/domain/rule.ts';
import { Bench, cny, noDetails, paid, paidByCard, qrCode } from '../support/payment.ts';

const dayMs = 86_400_000;
const terms = (...rules: RefundRule[]) => ({ rules_version: 3, rules });
const asked = (given: Partial<Refunding> = {}): Refunding => ({
  amount: toMinor(500), left: toMinor(1_999), paid_at: 0, now: 0, ...given,
}); // prettier-ignore

describe('a rule of refunds', () => {
  test('is of the payments that it is about, and of the version that was in force', () => {
    const paying = { method: 'card', currency: 'USD', amount: 1, customer: null, country: null, order_no: 'A' };
    const rules = { version: 7, limits: [], methods: [], routes: [] };
    const refunds = [{ name: 'cards', when: { methods: ['card'] }, window_days: 30 }, { name: 'others', when: { methods: ['paypal'] }, window_days: 90 }];
    expect(refundTermsOf({ ...rules, refunds }, paying)).toEqual({ rules_version: 7, rules: [refunds[0]] });
    expect(refundTermsOf({ ...rules, refunds: [] }, paying)).toBeNull();
    expect(refundTermsOf(rules, paying)).toBeNull(); // written before there were any
    expect(refundTermsOf(null, paying)).toBeNull();
  }); // prettier-ignore

  test('allows refunds until its window has passed, to the millisecond', () => {
    const rules = terms({ name: 'month', window_days: 30 });
    const ends = 30 * dayMs;
    expect(refundRefusal(rules, asked({ now: ends - 1 }))).toBeUndefined();
    expect(refundRefusal(rules, asked({ now: ends }))).toEqual({
      code: 'refund_window_passed',
      detail: "the rule 'month' allows refunds for 30 days: until 1970-01-31T00:00:00.000Z",
    });
  });

  test('that wants all at once lets only all that is left go back', () => {
    const rules = terms({ name: 'whole', partial: false });
    expect(refundRefusal(rules, asked())?.code).toBe('partial_refund_not_allowed');
    expect(refundRefusal(rules, asked({ amount: toMinor(1_999) }))).toBeUndefined();
  });

  test('of several windows the shortest holds, whatever their order', () => {
    const days = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(fc.array(days, { minLength: 1, maxLength: 5 }), days, (windows, day) => {
        const rules = terms(...windows.map((window_days, i) => ({ name: `r${i}`, window_days })));
        const isRefused = refundRefusal(rules, asked({ now: day * dayMs })) !== undefined;
        expect(isRefused).toBe(day >= Math.min(...windows));
      }),
    );
  });
});

const large = terms({ name: 'large', when: { currencies: ['CNY'] }, approval_above: 500 });
const refund = (bench: Bench, amount: number, rules = large) =>
  bench.tell({ kind: 'command', command: { name: 'refund', amount: toMinor(amount), reason: null, rules } }); // prettier-ignore
const decide = (bench: Bench, decision: 'approve' | 'reject') =>
  bench.tell({ kind: 'command', command: { name: 'resolve', case_id: bench.payment.cases.at(-1)!.id, decision, reason: 'because' } }); // prettier-ignore
const calls = ({ payment }: Bench) =>
  payment.attempts.flatMap(({ operations }) => operations).filter(({ verb }) => verb === 'refund');
const shown = (bench: Bench) => {
  const { amount_refunded, amount_refunding } = paymentObject(bench.payment, noDetails) as Record<string, unknown>; // prettier-ignore
  return [amount_refunded, amount_refunding];
};

const reserved = ({ payment }: Bench) =>
  payment.refunds.filter(({ status }) => status !== 'failed').reduce((sum, one) => sum + one.amount, 0); // prettier-ignore

describe('a refund above what a rule lets pass', () => {
  test('is reserved, and not sent before a person has approved it', () => {
    const bench = paidByCard();
    refund(bench, 501);
    expect(shown(bench)).toEqual([0, 501]);
    expect(calls(bench)).toEqual([]);
    expect(bench.payment.cases).toMatchObject([{ kind: 'refund_approval', status: 'open' }]);
    expect(bench.payment.cases[0]!.detail).toBe("the rule 'large' wants refunds of more than 5.00 CNY in all approved: 5.01 CNY"); // prettier-ignore
    expect(refundObject(bench.payment.refunds[0]!, 'pay_1')).toMatchObject({ status: 'processing', approval: 'awaited', rules_version: 3 }); // prettier-ignore
    bench.tell({ kind: 'command', command: { name: 'sync' } });
    expect(calls(bench)).toEqual([]);
    decide(bench, 'approve');
    expect(calls(bench)).toMatchObject([{ refund_id: bench.payment.refunds[0]!.id, ended: null }]);
    bench.end('refund', { kind: 'refund', status: 'succeeded', amount: toMinor(501), currency: cny, channel_reference: 're_1' }); // prettier-ignore
    expect(shown(bench)).toEqual([501, 0]);
  });

  test('that a person rejects has failed, says why, and its reservation is free', () => {
    const bench = paidByCard();
    refund(bench, 1_999);
    expect(refund(bench, 1).refused?.code).toBe('refund_exceeds_captured');
    decide(bench, 'reject');
    expect(bench.payment.refunds[0]).toMatchObject({ status: 'failed', approval: 'denied', failure: { channel_message: 'not approved: because' } }); // prettier-ignore
    expect(bench.events).toContain('refund.failed');
    expect(shown(bench)).toEqual([0, 0]);
    expect(calls(bench)).toEqual([]);
    expect(refund(bench, 500).refused).toBeUndefined();
  });

  test('is decided once', () => {
    const bench = paidByCard();
    refund(bench, 501);
    decide(bench, 'approve');
    expect(decide(bench, 'reject').refused?.code).toBe('case_decision_not_allowed');
    expect(decide(bench, 'approve').changed).toBe(false);
    expect(calls(bench)).toHaveLength(1);
  });

  test('of just that much is sent at once, and keeps the version that judged it', () => {
    const bench = paidByCard();
    refund(bench, 500);
    expect(calls(bench)).toHaveLength(1);
    expect(bench.payment.refunds[0]).toMatchObject({ rules_version: 3, approval: null });
    expect(bench.payment.cases).toEqual([]);
  });

  test('is no smaller in parts: the one that goes beyond with those before it waits, sent or not', () => {
    const bench = paidByCard();
    refund(bench, 300);
    expect(calls(bench)).toHaveLength(1);
    refund(bench, 200);
    expect(bench.payment.cases).toEqual([]);
    refund(bench, 1);
    expect(bench.payment.refunds.map(({ approval }) => approval)).toEqual([null, null, 'awaited']);
    expect(bench.payment.cases[0]!.detail).toBe("the rule 'large' wants refunds of more than 5.00 CNY in all approved: 0.01 CNY after 5.00 CNY"); // prettier-ignore
  });

  test('is judged with what a person approved before it, and without what failed', () => {
    const bench = paidByCard();
    refund(bench, 501);
    decide(bench, 'reject');
    refund(bench, 300);
    bench.end('refund', {
      kind: 'declined',
      failure: failureOf('invalid_account', { code: 'x', message: null }),
    });
    refund(bench, 500);
    expect(bench.payment.refunds.at(-1)).toMatchObject({ approval: null });
    refund(bench, 100);
    decide(bench, 'approve');
    refund(bench, 1);
    expect(bench.payment.refunds.at(-1)).toMatchObject({ approval: 'awaited' });
  });

  test('waits for nobody when the machine starts it: late money goes back by itself', () => {
    const bench = new Bench();
    bench.end('create', qrCode);
    bench.tell({ kind: 'command', command: { name: 'cancel', note: null } });
    bench.end('query', { kind: 'closed' });
    bench.callback(paid());
    expect(bench.payment.refunds).toMatchObject([{ origin: 'late', approval: null, rules_version: null }]); // prettier-ignore
    expect(calls(bench)).toHaveLength(1);
  });
});

test('for every story no refund leaves unapproved, none is decided without its person, and never more goes back than came', () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 1_999 }) }),
    fc.record({ does: fc.constantFrom('approve' as const, 'reject' as const, 'sync' as const), amount: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), (story) => {
      const bench = paidByCard();
      const wanted = new Set<string>();
      for (const { does, amount } of story) {
        const before = reserved(bench);
        if (does === 'refund') {
          if (refund(bench, amount).refused === undefined && before + amount > 500) wanted.add(bench.payment.refunds.at(-1)!.id);
        }
        else if (does === 'sync') bench.tell({ kind: 'command', command: { name: 'sync' } });
        else if (bench.payment.cases.some(({ status }) => status === 'open')) {
          const { id } = bench.payment.cases.find(({ status }) => status === 'open')!;
          bench.tell({ kind: 'command', command: { name: 'resolve', case_id: id, decision: does, reason: 'so' } });
        }
        const { refunds, cases } = bench.payment;
        const sent = new Set(calls(bench).map(({ refund_id }) => refund_id));
        for (const one of refunds) {
          const decision = cases.find(({ refund_id }) => refund_id === one.id)?.decision;
          expect(cases.some(({ refund_id }) => refund_id === one.id)).toBe(wanted.has(one.id));
          expect(sent.has(one.id)).toBe(!wanted.has(one.id) || decision === 'approve');
        }
        expect(reserved(bench)).toBeLessThanOrEqual(1_999);
      }
    }),
  );
}); // prettier-ignore

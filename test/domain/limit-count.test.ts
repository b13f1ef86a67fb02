import fc from 'fast-check';

import { countsOf, isOfMoney, measures, overrun, triedWith } from '../../src/domain/limit-count.ts';
import type { LimitRule, Paying } from '../../src/domain/rule.ts';
import { Bench, choiceOf, paid, qrCode } from '../support/payment.ts';

const paying = (given: Partial<Paying> = {}): Paying => ({
  method: 'card',
  currency: 'EUR',
  amount: 700,
  customer: 'cus_1',
  country: null,
  order_no: 'A-1',
  ...given,
});
const counts = (limit: Omit<LimitRule, 'name'>, of = paying()) =>
  countsOf({ limits: [{ name: 'r', ...limit }], methods: [], routes: [] }, of);

describe('a payment is counted', () => {
  test('with its amount in its currency for money, and as one for payments', () => {
    expect(counts({ max_per_day: 10_000, count_per_month: 5, zone: 'Asia/Shanghai' })).toEqual([
      { rule: 'r', measure: 'max_per_day', subject: 'EUR', zone: 'Asia/Shanghai', added: 700, most: 10_000 },
      { rule: 'r', measure: 'count_per_month', subject: '', zone: 'Asia/Shanghai', added: 1, most: 5 },
    ]);
  }); // prettier-ignore

  test.each<[LimitRule['per'], string, string]>([
    [undefined, 'EUR', ''],
    ['app', 'EUR', ''],
    ['customer', 'cus_1 EUR', 'cus_1'],
    ['method', 'card EUR', 'card'],
  ])('per %s under a subject of its own', (per, money, number) => {
    const found = counts({ max_per_day: 1, count_per_day: 1, per });
    expect(found.map(({ subject }) => subject)).toEqual([money, number]);
  });

  test('for nobody where it names no customer, and by no rule that is not about it', () => {
    expect(counts({ count_per_day: 1, per: 'customer' }, paying({ customer: null }))).toEqual([]);
    expect(counts({ count_per_day: 1, when: { methods: ['paypal'] } })).toEqual([]);
    expect(counts({ max: 1 })).toEqual([]);
  });
});

test('a payment is tried with what it may still be paid with, and at the end with what paid', () => {
  const bench = new Bench({ late_money: 'accept' });
  const isTried = (stage: string, ...methods: string[]) =>
    expect(triedWith(bench.payment)).toEqual({ stage, methods });
  isTried('open', 'wechat_pay_qr');
  bench.end('create', qrCode);
  bench.tell({ kind: 'command', command: { name: 'confirm', choice: choiceOf('alipay_qr') } });
  isTried('open', 'wechat_pay_qr', 'alipay_qr');
  bench.end('query', { kind: 'closed' });
  isTried('open', 'alipay_qr');
  bench.cancel();
  isTried('ended');
  bench.callback(paid());
  isTried('paid', 'wechat_pay_qr');
});

test('what is beyond a limit says the rule, what is left and until when', () => {
  const [count] = counts({ max_per_day: 1_000 });
  const resets_at = new Date('2026-12-01T00:00:00Z');
  expect(overrun(count!, { used: 600, resets_at })).toEqual({
    code: 'limit_per_day_exceeded',
    rule: 'r',
    detail: "the rule 'r' allows 1000 a day: 400 are left until 2026-12-01T00:00:00.000Z, not 700",
  });
  const [number] = counts({ count_per_month: 3 });
  expect(overrun(number!, { used: 4, resets_at })).toMatchObject({
    code: 'limit_per_month_exceeded',
    detail:
      "the rule 'r' allows 3 payments a month: 0 are left until 2026-12-01T00:00:00.000Z, not 1", // late money went beyond
  });
});

test('two payments share a count exactly when they are alike in what it is of', () => {
  const some = fc.record({ customer: fc.constantFrom('cus_1', 'cus_2'), method: fc.constantFrom('card', 'ideal'), currency: fc.constantFrom('EUR', 'USD') });
  const per = fc.constantFrom('app' as const, 'customer' as const, 'method' as const);
  fc.assert(
    fc.property(some, some, per, fc.constantFrom(...measures), (one, other, per, measure) => {
      const subjectOf = (given: Partial<Paying>) => counts({ [measure]: 9, per }, paying(given))[0]!.subject;
      const alike = (per === 'app' || one[per] === other[per]) && (!isOfMoney(measure) || one.currency === other.currency);
      expect(subjectOf(one) === subjectOf(other)).toBe(alike);
    }),
  );
}); // prettier-ignore

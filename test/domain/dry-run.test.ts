import fc from 'fast-check';

import { compared, notEvaluated, type PastPayment, rulingsOn } from '../../src/domain/dry-run.ts';
import type { VersionedRules } from '../../src/domain/routing.ts';
import type { Rules } from '../../src/domain/rule.ts';

const rules = (given: Partial<Rules>, version = 1) => ({ version, limits: [], methods: [], routes: [], ...given }); // prettier-ignore
const to = (...ids: string[]) => ({
  name: 'to',
  accounts: ids.map((channel_account) => ({ channel_account })),
});
const serving = [
  { account: { id: 'cha_a', fees: [{ rate_ppm: 29_000, fixed: 30 }] } },
  { account: { id: 'cha_b', fees: [{ rate_ppm: 10_000, fixed: 0 }] } },
];
const past = (amount: number, given: Partial<PastPayment> = {}): PastPayment => ({
  payment_id: `pay_${amount}`,
  paying: { method: 'card', currency: 'USD', amount, customer: null, country: null, order_no: `A-${amount}` },
  serving,
  ...given,
}); // prettier-ignore

const tried = (before: VersionedRules | null, after: VersionedRules, payments: PastPayment[]) =>
  compared(payments.map((one) => rulingsOn(before, after, one)));

test('payments are counted where they would go, before and after, with what they would cost', () => {
  const after = rules({
    limits: [{ name: 'small', when: { currencies: ['USD'] }, max: 2_000 }],
    routes: [to('cha_b')],
  });
  expect(tried(rules({ routes: [to('cha_a')] }), after, [past(1_000), past(3_000)])).toEqual({
    payments: 2,
    moved: 2,
    accounts: { cha_a: { before: 2, after: 0 }, cha_b: { before: 0, after: 1 } },
    refused: { amount_above_limit: { before: 0, after: 1 } },
    expected_fees: { USD: { before: 59 + 117, after: 10 } },
    examples: [
      { payment_id: 'pay_1000', before: 'cha_a', after: 'cha_b', reason: "'to' prefers it, as number 1 of 1" },
      { payment_id: 'pay_3000', before: 'cha_a', after: 'amount_above_limit', reason: "the rule 'small' allows 2000 at most, not 3000" },
    ],
  });
}); // prettier-ignore

test('without rules a payment goes to the first that serves it, and nowhere when nobody does', () => {
  const { accounts, refused, moved } = tried(null, rules({}), [
    past(1_000),
    past(2_000, { serving: [] }),
  ]);
  expect({ accounts, refused, moved }).toEqual({
    accounts: { cha_a: { before: 1, after: 1 } },
    refused: { method_not_supported: { before: 1, after: 1 } },
    moved: 0,
  });
});

test('at most fifty payments are shown, and all are counted', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => past(at + 1));
  const found = tried(null, rules({ routes: [to('cha_b')] }), many);
  expect(found).toMatchObject({ moved: 1_000, accounts: { cha_b: { before: 0, after: 1_000 } } });
  expect(found.examples).toHaveLength(50);
});

test('every payment is counted once on each side, and the same rules move none', () => {
  const route = fc.subarray(['cha_a', 'cha_b']).map((ids) => (ids.length > 0 ? [to(...ids)] : []));
  const max = fc.integer({ min: 1, max: 5_000 });
  const document = fc
    .record({ route, max })
    .map(({ route: routes, max: most }) => rules({ routes, limits: [{ name: 'small', max: most }] })); // prettier-ignore
  fc.assert(
    fc.property(document, document, fc.array(max), (before, after, amounts) => {
      const payments = amounts.map((amount) => past(amount));
      const found = tried(before, after, payments);
      const all = Object.values({ ...found.accounts, ...found.refused });
      for (const side of ['before', 'after'] as const)
        expect(all.reduce((total, change) => total + change[side], 0)).toBe(payments.length);
      expect(tried(before, before, payments).moved).toBe(0);
    }),
  );
});

test('limits over time and routes by a figure of the minute are named: they are not evaluated', () => {
  const limits = [
    { name: 'one', max: 5 },
    { name: 'day', count_per_day: 5 },
  ];
  const routes = [
    { ...to('cha_a'), name: 'cheap', by: 'cost' as const },
    { ...to('cha_a'), name: 'best', by: 'score' as const },
  ];
  expect(notEvaluated({ limits, routes })).toEqual(['day', 'best']);
});

import fc from 'fast-check';

import { fits, type Paying, refusalsBy } from '../../src/domain/rule.ts';
import { paying } from '../support/paying.ts';

describe('a rule fits', () => {
  test.each([
    [undefined, true],
    [{}, true],
    [{ methods: ['card', 'paypal'] }, true],
    [{ methods: ['paypal'] }, false],
    [{ methods: [] }, false],
    [{ currencies: ['USD'] }, true],
    [{ currencies: ['EUR'] }, false],
    [{ customers: ['cus_1'] }, false],
    [{ amount_min: 1_999, amount_max: 1_999 }, true],
    [{ amount_min: 2_000 }, false],
    [{ amount_max: 1_998 }, false],
    [{ methods: ['card'], currencies: ['EUR'] }, false],
  ])('a payment of 19.99 USD by card when %j: %s', (when, expected) => {
    expect(fits({ name: 'r', when }, paying())).toBe(expected);
  });

  test('a customer that it names, and nobody who is unknown', () => {
    const rule = { name: 'r', when: { customers: ['cus_1', 'cus_2'] } };
    expect(fits(rule, paying({ customer: 'cus_2' }))).toBe(true);
    expect(fits(rule, paying({ customer: 'cus_3' }))).toBe(false);
  });

  test('a country that it names, and none that is unknown', () => {
    const rule = { name: 'r', when: { countries: ['DE', 'AT'] } };
    expect(fits(rule, paying({ country: 'AT' }))).toBe(true);
    for (const country of ['CH', null]) expect(fits(rule, paying({ country }))).toBe(false);
  });
});

describe('the rules refuse', () => {
  const none = { limits: [], methods: [], routes: [] };

  test('an amount beyond a limit, naming the rule', () => {
    const limits = [{ name: 'small', when: { currencies: ['USD'] }, min: 500, max: 10_000 }];
    const rules = { ...none, limits };
    expect(refusalsBy(rules, paying({ amount: 499 }))).toMatchObject([{ code: 'amount_below_limit', rule: 'small' }]); // prettier-ignore
    expect(refusalsBy(rules, paying({ amount: 10_001 }))).toMatchObject([{ code: 'amount_above_limit', rule: 'small' }]); // prettier-ignore
    for (const amount of [500, 10_000]) expect(refusalsBy(rules, paying({ amount }))).toEqual([]);
    expect(refusalsBy(rules, paying({ amount: 1, currency: 'EUR' }))).toEqual([]);
  });

  test('a method that one of them denies, whatever another says', () => {
    const methods = [
      { name: 'a', deny: ['paypal'] },
      { name: 'b', when: { amount_min: 1_000 }, deny: ['card'] },
    ];
    const rules = { ...none, methods };
    expect(refusalsBy(rules, paying())).toMatchObject([{ code: 'method_denied', rule: 'b' }]);
    expect(refusalsBy(rules, paying({ amount: 999 }))).toEqual([]);
  });

  describe('a method that is released for a part of the customers', () => {
    const released = (percent: number) => ({
      ...none,
      methods: [{ name: 'ideal', release: ['ideal'], percent }],
    });
    const isOpen = (percent: number, given: Partial<Paying>) =>
      refusalsBy(released(percent), paying({ method: 'ideal', ...given })).length === 0;

    test('to the others, naming the rule', () => {
      expect(refusalsBy(released(0), paying({ method: 'ideal' }))).toEqual([
        {
          code: 'method_not_released',
          rule: 'ideal',
          detail: "the rule 'ideal' releases ideal for 0 % of the customers; this is none of them",
        },
      ]);
      expect(refusalsBy(released(0), paying())).toEqual([]);
      expect(refusalsBy(released(100), paying({ method: 'ideal' }))).toEqual([]);
    });

    test.each([1, 10, 50, 90])(
      'for %i of a hundred customers, within one, over 10,000',
      (percent) => {
        let open = 0;
        for (let at = 0; at < 10_000; at += 1)
          if (isOpen(percent, { customer: `cus_${at}` })) open += 1;
        expect(Math.abs(open - percent * 100)).toBeLessThan(100);
      },
    );

    test('and never takes it from a customer again while the percent grows', () => {
      fc.assert(
        fc.property(fc.uuid(), fc.nat(99), fc.nat(), (customer, percent, amount) => {
          if (isOpen(percent, { customer }))
            expect(isOpen(percent + 1, { customer, amount })).toBe(true);
        }),
      );
    });
  });

  test('the tighter of two limits holds, for every amount', () => {
    const bound = fc.nat(5_000);
    fc.assert(
      fc.property(bound, bound, fc.nat(6_000), (one, other, amount) => {
        const limits = [{ name: 'a', max: one }, { name: 'b', max: other }];
        const refused = refusalsBy({ ...none, limits }, paying({ amount })).length > 0;
        expect(refused).toBe(amount > Math.min(one, other));
      }),
    ); // prettier-ignore
  });
});

import fc from 'fast-check';

import { expectedFee, type Fee } from '../../src/domain/fee.ts';
import { amountMax } from '../../src/domain/money.ts';
import { paying } from '../support/paying.ts';

const wechat: Fee = { when: { methods: ['wechat_pay_qr'] }, rate_ppm: 6_000 };
const stripe: Fee = {
  when: { methods: ['card'], currencies: ['USD'] },
  rate_ppm: 29_000,
  fixed: 30,
};
const bounded: Fee = { rate_ppm: 10_000, min: 5, max: 700 };
const table = [wechat, stripe, { ...bounded, when: { currencies: ['EUR'] } }];

describe('the expected fee', () => {
  test.each([
    ['WeChat’s 0.6 % of 19.99 CNY', { method: 'wechat_pay_qr', currency: 'CNY' }, 12],
    ['WeChat’s 0.6 % of 0.50 CNY', { method: 'wechat_pay_qr', currency: 'CNY', amount: 50 }, 0],
    ['Stripe’s 2.9 % + 30 of 19.99 USD', {}, 88],
    ['Stripe’s 2.9 % + 30 of 1,000 USD', { amount: 100_000 }, 2_930],
    ['1 % of 0.10 EUR, at least 0.05', { currency: 'EUR', amount: 10 }, 5],
    ['1 % of 69.00 EUR', { currency: 'EUR', amount: 6_900 }, 69],
    ['1 % of 900.00 EUR, at most 7.00', { currency: 'EUR', amount: 90_000 }, 700],
    ['what no fee is about', { currency: 'GBP' }, null],
  ])('of %s', (_what, given, fee) => {
    expect(expectedFee(table, paying(given))).toBe(fee);
  });

  test('is not known where the account names none', () => {
    expect(expectedFee(null, paying())).toBeNull();
    expect(expectedFee([], paying())).toBeNull();
  });

  test.each([
    [50, 0],
    [150, 2],
    [250, 2],
    [350, 4],
    [149, 1],
    [151, 2],
  ])('of a hundredth of %i is %i: a half goes to the even one', (amount, fee) => {
    expect(expectedFee([{ rate_ppm: 10_000 }], paying({ amount }))).toBe(fee);
  });

  test('is exact to half a minor unit for every amount and rate', () => {
    const [amounts, rates] = [fc.integer({ min: 1, max: amountMax }), fc.integer({ min: 0, max: 1_000_000 })]; // prettier-ignore
    fc.assert(
      fc.property(amounts, rates, fc.nat(1_000), (amount, rate_ppm, fixed) => {
        const fee = expectedFee([{ rate_ppm, fixed }], paying({ amount }))!;
        const off = BigInt(fee - fixed) * 2_000_000n - BigInt(amount) * BigInt(rate_ppm) * 2n;
        expect(off >= -1_000_000n && off <= 1_000_000n).toBe(true);
        expect(fee).toBeLessThanOrEqual(amount + fixed);
      }),
    );
  });

  test('stays within its bounds, and never falls when the amount grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(1_000), (amount, more) => {
        const feeOf = (of: number) => expectedFee([bounded], paying({ amount: of }))!;
        const [less, fee] = [feeOf(amount), feeOf(amount + more)];
        expect([less >= 5, fee <= 700, less <= fee]).toEqual([true, true, true]);
      }),
    );
  });
});

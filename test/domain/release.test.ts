import fc from 'fast-check';

import { releaseArms, type Released } from '../../src/domain/release.ts';
import { placeIn } from '../../src/domain/share.ts';

const order = (at: number, end: Released['end'], given: Partial<Released> = {}): Released => ({
  currency: 'EUR',
  amount: 1_999,
  customer: `cus_${at}`,
  country: 'NL',
  order_no: `A-${at}`,
  end,
  ...given,
});
const rule = { name: 'ideal-first', when: { countries: ['NL'] }, release: ['ideal'], percent: 50 };
const isIn = (one: Released) => placeIn(rule.name, one) < 5_000;

describe('a release', () => {
  test('is told apart from chance by enough payments, and not by few', () => {
    const customers = Array.from({ length: 400 }, (_, at) => order(at, 'unpaid'));
    let [within, without] = [0, 0];
    const sample = customers.map((one): Released => {
      const nth = isIn(one) ? (within += 1) : (without += 1);
      const paid = isIn(one) ? nth % 10 < 9 : nth % 10 < 6; // 90 % and 60 %
      return { ...one, end: paid ? 'paid' : 'unpaid' };
    });
    const [held, released] = releaseArms(rule, sample);
    expect(released.success!.rate).toBeCloseTo(0.9, 1);
    expect(held.success!.rate).toBeCloseTo(0.6, 1);
    expect(released.against_held_back).toMatchObject({ is_distinguishable: true });
    const few = releaseArms(rule, [...sample.filter(isIn).slice(0, 3), ...sample.filter((one) => !isIn(one)).slice(0, 3)]); // prettier-ignore
    expect(few[1].against_held_back?.is_distinguishable).not.toBe(true);
  });

  test('is compared over the payments that it is about, by whatever method they were paid', () => {
    const about = { ...rule, when: { countries: ['NL'], methods: ['ideal'], amount_max: 2_000 } };
    const sample = [order(1, 'paid'), order(1, 'paid', { country: 'DE' }), order(1, 'open', { amount: 2_001 })]; // prettier-ignore
    const payments = releaseArms(about, sample).reduce((sum, one) => sum + one.payments, 0);
    expect(payments).toBe(1);
  });

  test('counts every payment in one half, and what is open in neither share', () => {
    const ends = fc.array(fc.constantFrom<Released['end']>('paid', 'unpaid', 'open'), { maxLength: 60 }); // prettier-ignore
    fc.assert(
      fc.property(ends, (all) => {
        const arms = releaseArms(rule, all.map((end, at) => order(at, end))); // prettier-ignore
        const sum = (of: (arm: (typeof arms)[number]) => number) => of(arms[0]) + of(arms[1]);
        expect(sum(({ payments }) => payments)).toBe(all.length);
        expect(sum(({ paid }) => paid)).toBe(all.filter((end) => end === 'paid').length);
        for (const { success, payments, open } of arms)
          expect(success === null).toBe(payments === open);
      }),
    );
  });
});

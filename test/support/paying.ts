import type { Paying } from '../../src/domain/rule.ts';

/** A payment as rules look at it. */
export const paying = (given: Partial<Paying> = {}): Paying => ({
  method: 'card',
  currency: 'USD',
  amount: 1_999,
  customer: null,
  country: null,
  order_no: 'A-1',
  ...given,
});

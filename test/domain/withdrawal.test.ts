import fc from 'fast-check';

import { toMinor } from '../../src/domain/money.ts';
import { type RefundState, refundStates } from '../../src/domain/outcome.ts';
import { withdrawalRefusal, withdrawalState } from '../../src/domain/withdrawal.ts';
import { cny } from '../support/payment.ts';

const stateOf = (...statuses: RefundState[]) =>
  withdrawalState(statuses.map((status, nth) => ({ id: `ref_${nth}`, status, retry_of: null })));

/** One refund, made again and again. */
const chainOf = (...statuses: RefundState[]) =>
  withdrawalState(
    statuses.map((status, nth) => ({
      id: `ref_${nth}`,
      status,
      retry_of: nth === 0 ? null : `ref_${nth - 1}`,
    })),
  );

describe('a withdrawal', () => {
  test.each<[RefundState[], RefundState]>([
    [['succeeded', 'succeeded'], 'succeeded'],
    [['succeeded', 'processing'], 'processing'],
    [['failed', 'processing'], 'processing'],
    [['succeeded', 'failed'], 'failed'],
    [['failed', 'failed'], 'failed'],
    [['processing', 'needs_attention'], 'needs_attention'],
    [['failed', 'needs_attention'], 'needs_attention'],
  ])('of which the refunds are %j is %s', (refunds, state) => {
    expect(stateOf(...refunds)).toBe(state);
  });

  test.each<[RefundState[], RefundState]>([
    [['failed', 'succeeded'], 'succeeded'],
    [['failed', 'failed', 'processing'], 'processing'],
    [['failed', 'failed'], 'failed'],
    [['failed', 'needs_attention'], 'needs_attention'],
    [['succeeded', 'failed'], 'succeeded'], // so the second was not sent
    [['succeeded', 'processing'], 'processing'], // the first arrived after all: what the second brings is open
  ])('of which one refund was tried as %j is %s', (tries, state) => {
    expect(chainOf(...tries)).toBe(state);
  });

  test('has succeeded exactly when all of its refunds have, in whatever order they are', () => {
    const some = fc.array(fc.constantFrom(...refundStates), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(some, (statuses) => {
        const state = stateOf(...statuses);
        expect(state === 'succeeded').toBe(statuses.every((one) => one === 'succeeded'));
        expect(stateOf(...statuses.toReversed())).toBe(state);
        expect(statuses).toContain(state);
      }),
    );
  });
});

describe('how much can be withdrawn', () => {
  const refusal = (amount: number, available: number, returnable: number) =>
    withdrawalRefusal(
      { amount: toMinor(amount), currency: cny },
      toMinor(available),
      toMinor(returnable),
    );

  test('is what the wallet has, as far as its top-ups can take it', () => {
    expect(refusal(500, 500, 500)).toBeNull();
    expect(refusal(501, 500, 501)).toEqual({ code: 'wallet_balance_too_low', detail: '5.01 CNY is more than the 5.00 CNY that can be withdrawn' }); // prettier-ignore
    expect(refusal(500, 500, 300)).toEqual({ code: 'withdrawal_exceeds_top_ups', detail: '5.00 CNY is more than the 3.00 CNY that can be withdrawn' }); // prettier-ignore
    expect(refusal(600, 500, 300)).toMatchObject({ code: 'wallet_balance_too_low', detail: expect.stringContaining('3.00 CNY') }); // prettier-ignore
  });

  test('is never more than either', () => {
    const amount = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(amount, amount, amount, (asked, available, returnable) => {
        const isMade = refusal(asked, available, returnable) === null;
        expect(isMade).toBe(asked <= Math.min(available, returnable));
      }),
    );
  });
});

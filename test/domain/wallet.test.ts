import fc from 'fast-check';

import { type Fold } from '../../src/domain/fold.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { RefundState } from '../../src/domain/outcome.ts';
import { walletChange } from '../../src/domain/wallet.ts';
import { Bench, cny, paid } from '../support/payment.ts';

/** A top-up of CNY 19.99, and the wallet that it fills: what the store keeps of it. */
class TopUp {
  readonly bench = new Bench({ wallet_id: 'wal_1' });
  balance = 0;
  held = 0;

  /** Does this, and has the wallet follow. */
  do(act: () => Fold): Fold {
    const before = this.bench.payment;
    this.bench.walletAvailable = toMinor(this.balance - this.held);
    const made = act();
    const change = walletChange(before, made);
    if (change?.id !== 'wal_1') throw new Error('another wallet was changed');
    this.balance += change.balance;
    this.held += change.held;
    return made;
  }

  pay(): Fold {
    return this.do(() => this.bench.callback(paid()));
  }

  refund(amount: number): Fold {
    const command = { name: 'refund', amount: toMinor(amount), reason: null } as const;
    return this.do(() => this.bench.tell({ kind: 'command', command }));
  }

  /** What the channel says of the nth refund. */
  said(nth: number, status: RefundState): Fold {
    const { id, amount } = this.bench.payment.refunds[nth]!;
    const answer = { kind: 'refund', status, amount, currency: cny, channel_reference: 'r' } as const;
    return this.do(() => this.bench.tell({ kind: 'evidence', about: 'refund', reference: id, answer }));
  } // prettier-ignore
}

function topped(): TopUp {
  const topUp = new TopUp();
  topUp.pay();
  return topUp;
}

describe('a top-up', () => {
  test('is the wallet’s when it is paid, and nothing of it the merchant’s', () => {
    const { bench, balance, held } = topped();
    expect([balance, held]).toEqual([1_999, 0]);
    expect(bench.balance('wallet')).toBe(-1_999);
    expect(bench.balance('channel_clearing')).toBe(1_999);
    expect(bench.balance('merchant_payable')).toBe(0);
  });

  test('that comes too late is the payer’s, and nothing of it the wallet’s', () => {
    const topUp = new TopUp();
    topUp.bench.cancel();
    topUp.pay();
    expect([topUp.balance, topUp.bench.balance('wallet')]).toEqual([0, 0]);
    expect(topUp.bench.balance('payer_payable')).toBe(-1_999);
  });

  test('is given back as far as it was not spent', () => {
    const topUp = topped();
    topUp.balance -= 1_000; // spent
    expect(topUp.refund(1_000).refused?.code).toBe('wallet_balance_too_low');
    expect(topUp.refund(999).refused).toBeUndefined();
    expect([topUp.balance, topUp.held]).toEqual([999, 999]);
  });

  test('any other payment changes no wallet', () => {
    const bench = new Bench();
    expect(walletChange(bench.payment, bench.callback(paid()))).toBeNull();
    expect(bench.balance('merchant_payable')).toBe(-1_999);
  });
});

test('whatever becomes of its refunds, the wallet has what the ledger says, and never promises more', () => {
  const step = fc.oneof(
    fc.nat(1_200).map((amount) => ({ amount: amount + 1 })),
    fc.record({ nth: fc.nat(5), status: fc.constantFrom<RefundState>('processing', 'succeeded', 'failed', 'needs_attention') }),
  ); // prettier-ignore
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const topUp = topped();
      for (const one of steps) {
        if ('amount' in one) topUp.refund(one.amount);
        else if (topUp.bench.payment.refunds[one.nth]) topUp.said(one.nth, one.status);
        expect(topUp.balance).toBe(-topUp.bench.balance('wallet'));
        expect(topUp.held).toBeGreaterThanOrEqual(0);
        expect(topUp.held).toBeLessThanOrEqual(topUp.balance);
      }
    }),
  );
});

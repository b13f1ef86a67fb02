import { type CreditPolicy, policyByDefault } from '../../src/domain/credit-policy.ts';
import type { Currency } from '../../src/domain/currency.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer, Credited, Receipt } from '../../src/domain/outcome.ts';
import { Bench, cny } from './payment.ts';

/** Where the payer transfers to. */
export const awaitTransfer: Answer = {
  kind: 'action_required',
  next_action: {
    type: 'await_transfer',
    bank_account: { iban: 'DE89370400440532013000', bic: 'COBADEFFXXX', holder: 'Demo' },
    reference: 'RF18539007547034',
  },
  code_ends_at: null,
};

/** A payment of 19.99 whose payer knows where to transfer it. */
export function waiting(given: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench({ method: 'bank_transfer', ...given });
  bench.end('create', awaitTransfer);
  return bench;
}

export function credit(channel_reference: string, amount: number, currency: Currency = cny): Receipt {
  return { channel_reference, amount: toMinor(amount), currency, paid_at: '2026-11-24T00:00:05Z' };
} // prettier-ignore

/** The same at an account with a policy of its own. */
export function creditedBy(policy: Partial<CreditPolicy>, ...receipts: Receipt[]): Credited {
  return { ...credited(...receipts), policy: { ...policyByDefault, ...policy } };
}

export function credited(...receipts: Receipt[]): Credited {
  return { kind: 'credited', receipts, is_closed: false };
}

/** What the bank does with the returns of a payment. */
export function transferOf(bench: Bench) {
  return {
    /** Books every return that was ordered. */
    returnAll() {
      for (const { id, amount, currency } of bench.payment.refunds) {
        const answer = { kind: 'refund', status: 'succeeded', channel_reference: `RT${id}`, amount, currency } as const; // prettier-ignore
        bench.tell({ kind: 'evidence', about: 'refund', reference: id, answer });
      }
    },
  };
}

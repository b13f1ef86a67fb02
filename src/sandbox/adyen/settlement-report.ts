import type { BillRow, Ledger } from '../bill.ts';
import type { Transaction } from '../transaction.ts';
import { adyenKeys as keys } from './keys.ts';
import { major } from './money.ts';
import { type AdyenOptions, type Capture, type Payment, paymentsOf } from './payment.ts';
import type { OwnRefund } from './refund.ts';
import { type Batch, batchAt } from './settlement.ts';
import { channel } from './wording.ts';

/** The columns of Adyen's settlement detail report, in its order. */
const columns = [
  'Company Account', 'Merchant Account', 'Psp Reference', 'Merchant Reference', 'Payment Method', 'Creation Date',
  'TimeZone', 'Type', 'Modification Reference', 'Gross Currency', 'Gross Debit (GC)', 'Gross Credit (GC)',
  'Exchange Rate', 'Net Currency', 'Net Debit (NC)', 'Net Credit (NC)', 'Commission (NC)', 'Markup (NC)',
  'Scheme Fees (NC)', 'Interchange (NC)', 'Payment Method Variant', 'Modification Merchant Reference',
  'Batch Number', 'Reserved4', 'Reserved5', 'Reserved6', 'Reserved7', 'Reserved8', 'Reserved9', 'Reserved10',
] as const; // prettier-ignore
type Column = (typeof columns)[number];

/** A movement of the merchant's money: `amount` is negative when it went, and `fee` is Adyen's markup. On the wire's scale. */
interface Movement extends BillRow {
  readonly type: 'Settled' | 'SettledReversed' | 'Refunded' | 'RefundedReversed';
  readonly at: number;
  readonly payment: Payment;
  readonly psp_reference: string;
  readonly reference: string | null;
  /** What goes to the card scheme, and to the issuer. */
  readonly scheme: number;
  readonly interchange: number;
}

/** All that was captured and that went back, oldest first, by the number of its batch. */
export function ledgerOf(options: AdyenOptions): Ledger<Movement> {
  const orders = [...options.books.transactions.values()].filter((one) => one.channel === channel);
  return {
    rows: orders.flatMap(movementsOf).sort((one, other) => one.at - other.at),
    dayOf: ({ at }) => String(batchAt(options, at).number),
    after: (number) => String(Number(number) + 1),
    ofNobody: (movement) => ({
      ...movement,
      references: [],
      payment: {
        ...movement.payment,
        psp_reference: 'N0B0DYSPAYMENT00',
        reference: 'att_of_nobody_0000',
      },
      psp_reference: 'N0B0DYSPAYMENT01',
      reference: movement.reference && 'ref_of_nobody_0000',
    }),
  };
}

function movementsOf(order: Transaction): Movement[] {
  return paymentsOf(order).flatMap((payment) => [
    ...captured(payment),
    ...refunded(order, payment),
  ]);
}

/** A capture that the scheme rejected is money that came and went. */
function captured(payment: Payment): Movement[] {
  return payment.captures.flatMap((capture) => {
    const { captured_at, failed_at } = capture;
    return [
      ...(captured_at === null ? [] : [movement(payment, capture, 'Settled', captured_at)]),
      ...(failed_at === null ? [] : [movement(payment, capture, 'SettledReversed', failed_at)]),
    ];
  });
}

function refunded({ refunds }: Transaction, payment: Payment): Movement[] {
  const mine = refunds.filter(({ transaction_id }) => transaction_id === payment.psp_reference);
  return mine.flatMap(({ refund_id, state, own }) => {
    const { amount, given_reference, settled_at, returned_at } = own as OwnRefund;
    if (settled_at === null || (state === 'failed' && returned_at === null)) return [];
    const refund = { psp_reference: refund_id, reference: given_reference, amount };
    return [
      movement(payment, refund, 'Refunded', settled_at),
      ...(returned_at === null ? [] : [movement(payment, refund, 'RefundedReversed', returned_at)]),
    ];
  });
}

/** A settled payment costs 0.6 % markup, 0.1 % to the scheme and 0.2 % interchange; nothing else costs anything. */
function movement(
  payment: Payment,
  { psp_reference, reference, amount }: Pick<Capture, 'psp_reference' | 'reference' | 'amount'>,
  type: Movement['type'],
  at: number,
): Movement {
  const isCredit = type === 'Settled' || type === 'RefundedReversed';
  const part = (perMille: number) =>
    type === 'Settled' ? Math.floor((amount * perMille) / 1_000) : 0;
  return {
    type,
    at,
    payment,
    psp_reference,
    reference,
    references: [payment.reference, reference ?? psp_reference],
    amount: isCredit ? amount : -amount,
    fee: part(6),
    scheme: part(1),
    interchange: part(2),
  };
}

/** What is left of a movement for the merchant, negative when it went. */
function netOf({ amount, fee, scheme, interchange }: Movement): number {
  return amount - fee - scheme - interchange;
}

/**
 * The settlement detail report of a batch: what was captured and what went back in it, its fees, and what was paid out
 * of it. The time zone of the account is UTC.
 *
 * @param movements those of the batch
 * @returns CSV; of a batch in which nothing moved only the header
 */
export function settlementReport(movements: readonly Movement[], batch: Batch): string {
  const lines = [...movements.map((one) => lineOf(one, batch)), ...payouts(movements, batch)];
  return [columns.join(','), ...lines, ''].join('\n');
}

function lineOf(movement: Movement, batch: Batch): string {
  const { payment, type, at, psp_reference, reference, amount } = movement;
  const { currency } = payment;
  const text = (value: number) => major({ currency, value: Math.abs(value) });
  const fee = (value: number) => (value === 0 ? '' : text(value));
  const side = amount < 0 ? 'Debit' : 'Credit';
  return csv({
    'Psp Reference': payment.psp_reference,
    'Merchant Reference': payment.reference,
    'Payment Method': 'visa',
    ...commonCells(at, batch),
    Type: type,
    'Modification Reference': psp_reference,
    'Gross Currency': currency,
    [`Gross ${side} (GC)`]: text(amount),
    'Exchange Rate': '1',
    'Net Currency': currency,
    [`Net ${side} (NC)`]: text(netOf(movement)),
    'Markup (NC)': fee(movement.fee),
    'Scheme Fees (NC)': fee(movement.scheme),
    'Interchange (NC)': fee(movement.interchange),
    'Payment Method Variant': 'visaclassic',
    'Modification Merchant Reference': reference ?? '',
  });
}

/** What is paid out in each currency; what is owed goes into the next batch. */
function payouts(movements: readonly Movement[], batch: Batch): string[] {
  const currencies = [...new Set(movements.map(({ payment }) => payment.currency))];
  return currencies.map((currency) => {
    const mine = movements.filter(({ payment }) => payment.currency === currency);
    const net = mine.reduce((sum, movement) => sum + netOf(movement), 0);
    const isPaid = net > 0;
    return csv({
      ...commonCells(batch.ends - 1, batch),
      Type: isPaid ? 'MerchantPayout' : 'Balancetransfer',
      'Modification Reference': `TX${batch.number}XT batch ${batch.number}, ${keys.merchant_account}`,
      'Net Currency': currency,
      [isPaid ? 'Net Debit (NC)' : 'Net Credit (NC)']: major({ currency, value: Math.abs(net) }),
    });
  });
}

function commonCells(at: number, { number }: Batch): Partial<Record<Column, string>> {
  return {
    'Company Account': keys.company_account,
    'Merchant Account': keys.merchant_account,
    'Creation Date': new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    TimeZone: 'UTC',
    'Batch Number': String(number),
  };
}

function csv(cells: Partial<Record<Column, string>>): string {
  return columns.map((column) => quoted(cells[column] ?? '')).join(',');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

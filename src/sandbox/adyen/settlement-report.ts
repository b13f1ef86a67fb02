import type { Books } from '../books.ts';
import type { Transaction } from '../transaction.ts';
import { adyenKeys as keys } from './keys.ts';
import { major } from './money.ts';
import { type Payment, paymentsOf } from './payment.ts';
import type { OwnRefund } from './refund.ts';
import type { Batch } from './settlement.ts';
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

/** A movement of the merchant's money. Amounts as on the wire. */
interface Movement {
  readonly type: 'Settled' | 'SettledReversed' | 'Refunded' | 'RefundedReversed';
  readonly at: number;
  readonly payment: Payment;
  readonly psp_reference: string;
  readonly reference: string | null;
  readonly amount: number;
}

/**
 * The settlement detail report of a batch: what was captured and what went back in it, its fees, and what was paid out
 * of it. The time zone of the account is UTC.
 *
 * @param batch one that is over: its report never changes
 * @returns CSV; of a batch in which nothing moved only the header
 */
export function settlementReport(books: Books, batch: Batch): string {
  const orders = [...books.transactions.values()].filter((one) => one.channel === channel);
  const movements = orders
    .flatMap((one) => movementsOf(one, batch))
    .sort((one, other) => one.at - other.at);
  const lines = [...movements.map((one) => lineOf(one, batch)), ...payouts(movements, batch)];
  return [columns.join(','), ...lines, ''].join('\n');
}

function movementsOf(order: Transaction, batch: Batch): Movement[] {
  const isIn = (time: number | null): time is number =>
    time !== null && time >= batch.begins && time < batch.ends;
  return paymentsOf(order)
    .flatMap((payment) => [...captured(payment), ...refunded(order, payment)])
    .filter(({ at }) => isIn(at));
}

/** A capture that the scheme rejected is money that came and went. */
function captured(payment: Payment): Movement[] {
  return payment.captures.flatMap(({ psp_reference, reference, amount, captured_at, failed_at }) => {
    const of = { payment, psp_reference, reference, amount };
    return [
      ...(captured_at === null ? [] : [{ ...of, type: 'Settled' as const, at: captured_at }]),
      ...(failed_at === null ? [] : [{ ...of, type: 'SettledReversed' as const, at: failed_at }]),
    ];
  });
} // prettier-ignore

function refunded({ refunds }: Transaction, payment: Payment): Movement[] {
  const mine = refunds.filter(({ transaction_id }) => transaction_id === payment.psp_reference);
  return mine.flatMap(({ refund_id, state, own }) => {
    const { amount, given_reference: reference, settled_at, returned_at } = own as OwnRefund;
    if (settled_at === null || (state === 'failed' && returned_at === null)) return [];
    const of = { payment, psp_reference: refund_id, reference, amount };
    return [
      { ...of, type: 'Refunded' as const, at: settled_at },
      ...(returned_at === null ? [] : [{ ...of, type: 'RefundedReversed' as const, at: returned_at }]),
    ];
  });
} // prettier-ignore

const isCredit = ({ type }: Movement) => type === 'Settled' || type === 'RefundedReversed';

/** What a settled payment costs: 0.6 % markup, 0.1 % to the scheme, 0.2 % interchange; else nothing does. */
function feesOf({ type, amount }: Movement): readonly [number, number, number] {
  if (type !== 'Settled') return [0, 0, 0];
  const part = (perMille: number) => Math.floor((amount * perMille) / 1_000);
  return [part(6), part(1), part(2)];
}

/** What is left of a movement for the merchant, negative when it went. */
function netOf(movement: Movement): number {
  const fees = feesOf(movement).reduce((sum, fee) => sum + fee);
  return isCredit(movement) ? movement.amount - fees : -movement.amount;
}

function lineOf(movement: Movement, batch: Batch): string {
  const { payment, type, at, psp_reference, reference, amount } = movement;
  const { currency } = payment;
  const text = (value: number) => major({ currency, value });
  const side = isCredit(movement) ? 'Credit' : 'Debit';
  const [markup, scheme, interchange] = feesOf(movement).map((fee) => (fee === 0 ? '' : text(fee)));
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
    [`Net ${side} (NC)`]: text(Math.abs(netOf(movement))),
    'Markup (NC)': markup ?? '',
    'Scheme Fees (NC)': scheme ?? '',
    'Interchange (NC)': interchange ?? '',
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

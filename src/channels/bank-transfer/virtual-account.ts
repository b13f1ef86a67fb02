import type { CreditPolicy } from '../../domain/credit-policy.ts';
import type { Disagreement, QueryAnswer, Receipt } from '../../domain/outcome.ts';
import type { Order } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { fromWire, toWire } from './money.ts';
import type { VirtualAccount } from './response.ts';

/** Every status of section 2; one that is not listed is not understood, hence `unknown`. */
const statuses = new Map<string, 'open' | 'closed'>([
  ['open', 'open'],
  ['closed', 'closed'],
]);

/** What the bank says of a virtual account: all that was credited, and whether it takes more. @param policy the account's */
export function answerOf(found: VirtualAccount, policy: CreditPolicy): QueryAnswer {
  const status = statuses.get(found.status);
  const receipts = receiptsOf(found);
  if (!status) return unclear(`a virtual account in '${found.status}'`);
  if (!receipts) return unclear('a credit of an amount that is none');
  if (receipts.length === 0) return { kind: status };
  const { underpayment, overpayment } = policy;
  const is_closed = status === 'closed';
  return { kind: 'credited', receipts, is_closed, policy: { underpayment, overpayment } };
}

/** The credits as receipts, oldest first; null where one of them cannot be read. */
export function receiptsOf({ credits }: VirtualAccount): Receipt[] | null {
  const receipts = credits.flatMap(({ id, amount, currency, booked_at }): Receipt[] => {
    const money = fromWire(amount, currency);
    return money ? [{ channel_reference: id, paid_at: booked_at, ...money }] : [];
  });
  return receipts.length === credits.length ? receipts : null;
}

/** How it is not the account that we asked for, or null. */
export function disagreement(
  { number, customer, amount, currency }: VirtualAccount,
  account: Account,
  order: Order,
): Disagreement | null {
  const asked = `${order.reference} of ${account.customer}, ${toWire(order)} ${order.currency}`;
  const told = `${number} of ${customer}, ${amount} ${currency}`;
  return told === asked ? null : { kind: 'disagrees', detail: `asked about ${asked}, told about ${told}` }; // prettier-ignore
}

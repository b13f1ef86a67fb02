import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { add, all, type BalanceTransaction, type Moved } from './balance-transaction.ts';
import type { Intent, StripeOptions } from './intent.ts';
import { planPayout } from './payout.ts';

const dayMs = 86_400_000;

/** The balance is moved, for now or for later, and the next payout takes it along. */
export function post(
  options: StripeOptions,
  moved: Omit<Moved, 'created_at' | 'available_at'> & Partial<Moved>,
): BalanceTransaction {
  const now = clock.now();
  const posted = add(options.books, { created_at: now, available_at: now, ...moved });
  planPayout(options, now);
  return posted;
}

/** What Stripe takes of a charge: 2.9 % and a fixed part where the currency is one of these (stripe.com/pricing). */
const fixedFees: Readonly<Record<string, number>> = { usd: 30, eur: 25, gbp: 20 };

/** Money of a payer's comes in; it can be paid out two days later (docs.stripe.com/payouts). */
export function postCharge(
  options: StripeOptions,
  {
    reference,
    currency,
    payment_method_type,
  }: Pick<Intent, 'reference' | 'currency' | 'payment_method_type'>,
  charge: string,
  amount: number,
): BalanceTransaction {
  const today = Math.floor(clock.now() / dayMs) * dayMs;
  return post(options, {
    type: payment_method_type === 'card' ? 'charge' : 'payment',
    source: charge,
    references: [reference],
    amount,
    fee: Math.round(amount * 0.029) + (fixedFees[currency] ?? 0),
    currency,
    available_at: today + 2 * dayMs,
  });
}

/** `GET /v1/balance`: what can be paid out now, and what will be, in each currency. */
export function balance({ books }: StripeOptions): Answer {
  const moved = all(books);
  const isAvailable = ({ available_at }: BalanceTransaction) => available_at <= clock.now();
  const available = sums(moved.filter(isAvailable));
  const pending = sums(moved.filter((one) => !isAvailable(one)));
  return { status: 200, body: { object: 'balance', available, livemode: false, pending } };
}

function sums(moved: readonly BalanceTransaction[]): object[] {
  const currencies = [...new Set(moved.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const amount = moved.reduce(
      (sum, one) => (one.currency === currency ? sum + one.amount - one.fee : sum),
      0,
    );
    return { amount, currency, source_types: { card: amount } };
  });
}

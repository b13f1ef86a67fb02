import type { BalanceTransaction } from './balance-transaction.ts';
import { findDispute } from './dispute.ts';
import { wireDispute } from './dispute-wire.ts';
import { intentsOf, type StripeOptions } from './intent.ts';
import { findPayout, wirePayout } from './payout.ts';
import { wireCharge, wireRefund } from './wire.ts';
import { channel } from './wording.ts';

/** What a balance transaction came of, as `expand[]=data.source` shows it; what nobody knows stays a number. */
export function sourceOf(
  options: StripeOptions,
  { source, references }: BalanceTransaction,
): object | string {
  const { books } = options;
  const [kind] = source.split('_');
  if (kind === 'ch') return chargeOf(options, source, references[0] ?? '') ?? source;
  if (kind === 're') {
    const refund = books.findRefund(channel, source)?.refund;
    return refund ? wireRefund(refund) : source;
  }
  const dispute = findDispute(books, source);
  if (dispute) return wireDispute(books, dispute);
  const payout = findPayout(books, source);
  return payout ? wirePayout(payout) : source;
}

function chargeOf({ books }: StripeOptions, id: string, reference: string): object | null {
  const transaction = books.find(channel, reference);
  const intents = transaction ? intentsOf(transaction) : [];
  for (const intent of intents)
    if (intent.charge?.id === id) return wireCharge(books, intent, intent.charge);
  return null;
}

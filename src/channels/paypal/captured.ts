import { type Currency } from '../../domain/currency.ts';
import { type Minor, sum } from '../../domain/money.ts';
import type { QueryAnswer } from '../../domain/outcome.ts';
import { unclear } from '../unclear.ts';
import { failureFrom } from './failure.ts';
import { fromWire } from './money.ts';
import type { Capture } from './response.ts';

/** Every status of a capture; one that is not listed is not understood. What went back was taken before. */
const statuses = new Map<string, 'taken' | 'pending' | 'declined'>([
  ['COMPLETED', 'taken'],
  ['PARTIALLY_REFUNDED', 'taken'],
  ['REFUNDED', 'taken'],
  ['PENDING', 'pending'],
  ['DECLINED', 'declined'],
  ['FAILED', 'declined'],
]);

/** What became of a capture: the money itself is told only where it was taken. */
export function stateOf({ status }: Capture): 'taken' | 'pending' | 'declined' | 'unknown' {
  return statuses.get(status) ?? 'unknown';
}

/** What the capture of a whole order says of it. */
export function answerOf(found: Capture): QueryAnswer {
  switch (stateOf(found)) {
    case 'taken':
      return receiptOf(found);
    case 'pending':
      return { kind: 'pending' };
    case 'declined':
      return { kind: 'declined', failure: whyDeclined(found) };
    case 'unknown':
      return unclear(`a capture in '${found.status}'`);
  }
}

function receiptOf({ id: channel_reference, amount, create_time: paid_at }: Capture): QueryAnswer {
  const taken = fromWire(amount);
  if (!taken || taken.amount === 0) return unclear(`captured ${amount.value} '${amount.currency_code}'`); // prettier-ignore
  return { kind: 'approved', receipt: { channel_reference, paid_at, ...taken } };
}

/** The payer's bank or PayPal itself; more than a word it does not say. */
export function whyDeclined({ status, status_details }: Capture) {
  return failureFrom({ issue: status_details?.reason ?? status, message: null }, 'card_declined');
}

/** All that was taken, in this currency; null where one of them cannot be read. */
export function totalOf(captures: readonly Capture[], currency: Currency): Minor | null {
  const taken = captures.filter((one) => stateOf(one) === 'taken').map(({ amount }) => fromWire(amount)); // prettier-ignore
  const amounts = taken.flatMap((one) => (one?.currency === currency ? [one.amount] : []));
  return amounts.length === taken.length ? sum(amounts) : null;
}

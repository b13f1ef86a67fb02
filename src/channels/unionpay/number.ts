import { drawnAt, isId } from '../../domain/id.ts';
import type { Instant, MadeCall } from '../../domain/operation.ts';
import { inBeijing } from '../beijing.ts';
import type { Order } from '../order.ts';

/** What names an order or a refund at UnionPay, only together. */
export interface WireNumber {
  readonly orderId: string;
  readonly txnTime: string;
}

/** Our number as UnionPay takes it, letters and digits only, and the time that is a part of it. */
export function numberOf(
  kind: 'att' | 'ref',
  { reference, calls = [] }: Pick<Order, 'reference' | 'calls'>,
): WireNumber {
  return {
    orderId: reference.replace('_', ''),
    txnTime: wireTime(new Date(sentUnder(drawnAt(kind, reference), calls))),
  };
}

/** UnionPay takes the time of sending alone, and does not say how old it may be. Its clock and ours may be a minute apart. */
const freshMs = 300_000;

/**
 * The time under which the last of these calls was sent (docs/channels/unionpay.md 1). It is the one in the number while that is
 * fresh, then the call's own. With another time it is another order: while a call may have arrived the next one says the
 * same, be it ever so old, and is refused for that at worst, which proves that the first can come no more.
 */
function sentUnder(drawn: Instant, calls: readonly MadeCall[]): Instant {
  let [time, sent, isDoubtful] = [drawn, drawn, false];
  for (const { run_at, ended } of calls) {
    if (!isDoubtful && run_at - time > freshMs) time = run_at;
    if (ended === 'never_sent') continue;
    sent = time;
    isDoubtful = ended !== 'answered';
  }
  return sent;
}

/** Our number in an `orderId`; one that is none of ours stays as it is. */
export function referenceOf(kind: 'att' | 'ref', orderId: string): string {
  const reference = `${kind}_${orderId.slice(kind.length)}`;
  return orderId.startsWith(kind) && isId(kind, reference) ? reference : orderId;
}

/** A time as UnionPay writes it: `yyyyMMddHHmmss` in Beijing. */
export function wireTime(instant: Date): string {
  return inBeijing(instant).replaceAll(/\D/g, '');
}

import { drawnAt, isId } from '../../domain/id.ts';
import { inBeijing } from '../beijing.ts';

/** What names an order or a refund at UnionPay, only together. */
export interface WireNumber {
  readonly orderId: string;
  readonly txnTime: string;
}

/**
 * Our number as UnionPay takes it, letters and digits only, and the time that is a part of it: the one in the number
 * itself, so that each resend and each question says the same.
 */
export function numberOf(kind: 'att' | 'ref', reference: string): WireNumber {
  return {
    orderId: reference.replace('_', ''),
    txnTime: wireTime(new Date(drawnAt(kind, reference))),
  };
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

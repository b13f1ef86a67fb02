import type { View } from '../domain/view.ts';
import { record, type RecordMessage } from '../store/record.ts';
import type { Store } from '../store/store.ts';

/** What the actor does to its own payment. */
export interface PaymentActivities {
  /** One transition, one transaction; see `store/record.ts`. */
  readonly record: (paymentId: string, message: RecordMessage) => Promise<View>;
}

/** The activities over a store. */
export function paymentActivities(store: Store): PaymentActivities {
  return { record: (paymentId, message) => record(store, paymentId, message) };
}

import { isId } from '../domain/id.ts';
import type { Caller } from '../store/api-key.ts';
import { findPayment, type StoredPayment } from '../store/payment.ts';
import type { Store } from '../store/store.ts';
import { Problem } from './problem.ts';

/** The caller's payment, or 404: another merchant's and one of the other mode do not exist for it. */
export async function owned(store: Store, caller: Caller, id: string): Promise<StoredPayment> {
  const payment = isId('pay', id) ? await findPayment(store.pool, caller.merchant_id, id) : null;
  if (payment?.livemode !== caller.livemode) throw new Problem('not_found', 'no such payment');
  return payment;
}

import { type Tried, triedWith } from '../domain/limit-count.ts';
import type { Payment } from '../domain/payment.ts';
import { counted } from './limit-count.ts';
import { type Db, prepared } from './store.ts';

// What is held for the payment was raised, and so is what it is counted for.
const raise = prepared(
  'raise_limits',
  `with raised as (
     update limit_claims set amount = amount + $2 where payment_id = $1 and is_held and measure like 'max%' returning *
   ) ${counted('raised', '$2')}`,
);

const confirmed = prepared(
  'confirmed_limits',
  'update limit_claims set confirmations = array_remove(confirmations, $2) where payment_id = $1 and $2 = any(confirmations)',
);

/** Is a claim held from now on? One that was given back is not held again while the payment is open: nobody would have looked at its limit. */
const due = `
  case when $2 = 'ended' then false
    when methods = '{}' then true
    when $2 = 'paid' then methods && $3
    else is_held and (methods && $3 or confirmations <> '{}') end`;

const settle = prepared(
  'settle_limits',
  `with settled as (
     update limit_claims set is_held = not is_held where payment_id = $1 and is_held <> (${due}) returning *
   ) ${counted('settled', 'case when is_held then amount else -amount end')}`,
);

/**
 * Counts a payment for what it is tried or paid with, and for nothing else: what a refused confirmation, a method that was left, or the
 * whole payment has not used is given back, and money that came late is counted again, in the windows that it was counted in and also
 * beyond their limits. The caller holds the payment's lock.
 * @param confirmation the cause of the confirmation that is answered by this; null for any other message
 */
export async function settleLimits(
  db: Db,
  before: Payment,
  after: Payment,
  confirmation: string | null,
): Promise<void> {
  const { id, amount } = after;
  if (amount !== before.amount) await db.query(raise(id, amount - before.amount));
  const tried = triedWith(after);
  if (confirmation === null && isSame(triedWith(before), tried)) return;
  await Promise.all([
    confirmation === null ? undefined : db.query(confirmed(id, confirmation)),
    db.query(settle(id, tried.stage, tried.methods)),
  ]);
}

function isSame(one: Tried, other: Tried): boolean {
  return one.stage === other.stage && String(one.methods) === String(other.methods);
}

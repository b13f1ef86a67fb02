import { begun } from '../domain/setup.ts';
import type { Caller } from './api-key.ts';
import { claimKey, type HeldKey, type KeyClaim } from './idempotency.ts';
import { type NewMethod, writeMethod } from './payment-method.ts';
import { sealToken } from './sealed-token.ts';
import type { Store } from './store.ts';

/** A method that a customer has set up, before anything is asked of its channel. */
export interface NewSetup {
  readonly method: NewMethod;
  /** What the method came with. */
  readonly token: string;
  readonly return_url: string | null;
  readonly expires_in_ms: number;
}

/** `written`, or which method the key had made before; `not_found`: the caller has no such customer. */
export type SetupInsertion =
  | { readonly kind: 'written' | 'replayed'; readonly id: string }
  | { readonly kind: 'key_reused' | 'not_found' };

/** Writes down what the customer agreed to and what it is to be done with, once under the key. It is due at once. */
export async function insertSetup(
  store: Store,
  caller: Caller,
  { method, token, return_url, expires_in_ms }: NewSetup,
  key: KeyClaim | null,
): Promise<SetupInsertion> {
  const { keyring } = store;
  return store.transaction(async (db) => {
    const { id } = method;
    const { rows } = await db.query(
      `select 1 from customers where id = $1 and merchant_id = $2 and livemode = $3 and removed_at is null for share`,
      [method.customer_id, caller.merchant_id, caller.livemode],
    );
    if (rows.length === 0) return { kind: 'not_found' };
    const held = key && (await claimKey(db, key, caller.app_id, id));
    if (held) return heldBy(key, held);
    await writeMethod(db, keyring, caller, method, null);
    await db.query(
      `insert into setups (payment_method, step, token, return_url, expires_at, attend_at)
       values ($1, $2, $3, $4, clock_now() + $5 * interval '1 millisecond', clock_now())`,
      [id, begun.step, sealToken(keyring, token, caller), return_url, expires_in_ms],
    );
    return { kind: 'written', id };
  });
}

function heldBy(key: KeyClaim, { fingerprint, object_id: id }: HeldKey): SetupInsertion {
  return fingerprint === key.fingerprint ? { kind: 'replayed', id } : { kind: 'key_reused' };
}

import type { Refusal } from '../domain/fact.ts';
import { type GiftCode, redemptionRefusal, unknownCode } from '../domain/gift-code.ts';
import { postingFor } from '../domain/ledger.ts';
import type { Caller } from './api-key.ts';
import { findGiftCode, lockGiftCode } from './gift-code.ts';
import { claimKey, findKey, type HeldKey, type KeyClaim, refuseKey } from './idempotency.ts';
import { bookPosting } from './ledger.ts';
import type { Db, Store } from './store.ts';
import { lockWallet, moveWallet, openWallet, timeOf } from './wallet.ts';

/** What became of a redemption; `locked`: the customer brought too many codes that nobody knows; `not_found`: there is no such customer. */
export type Redeeming =
  | { readonly kind: 'redeemed' | 'replayed'; readonly code: GiftCode }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly isReplayed: boolean }
  | { readonly kind: 'locked'; readonly forSeconds: number }
  | { readonly kind: 'key_reused' | 'not_found' };

/** So many unknown ones in a row, then none is looked at for a while: as with a PIN. */
const unknownMax = 5;
const lockedFor = `interval '15 minutes'`;

/**
 * Puts the money of a code into the customer's wallet in its currency, which it makes if need be: the key, the code, the books and
 * the wallet in one transaction. Locks the customer, whose redemptions take turns, then the code, then the wallet.
 *
 * @param typed the code as the customer typed it
 */
export async function redeem(
  store: Store,
  caller: Caller,
  customer: string,
  typed: string,
  key: KeyClaim,
): Promise<Redeeming> {
  return store.transaction(async (db) => {
    if (!(await takeTurns(db, caller, customer))) return { kind: 'not_found' };
    const held = await findKey(db, key.cause);
    if (held) return heldBy(db, caller, key, held);
    const forSeconds = await lockedSeconds(db, customer);
    if (forSeconds > 0) return { kind: 'locked', forSeconds };
    const code = await lockGiftCode(db, caller, typed);
    const other = await claimKey(db, key, caller.app_id, code?.id ?? customer);
    if (other) return heldBy(db, caller, key, other); // for another customer at the same time
    if (!code) return refuseUnknown(db, customer, key);
    const refusal = redemptionRefusal(code);
    if (refusal) return refuse(db, key, refusal);
    await pay(db, caller, customer, code);
    return { kind: 'redeemed', code: await load(db, caller, code.id) };
  });
}

/** One redemption of a customer at a time. False when the caller has none such; who was removed could never spend it. */
async function takeTurns(
  db: Db,
  { merchant_id, livemode }: Caller,
  customer: string,
): Promise<boolean> {
  const taken = await db.query(
    `select 1 from customers where id = $1 and merchant_id = $2 and livemode = $3 and removed_at is null for no key update`,
    [customer, merchant_id, livemode],
  );
  return taken.rowCount === 1;
}

async function heldBy(db: Db, caller: Caller, key: KeyClaim, held: HeldKey): Promise<Redeeming> {
  if (held.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
  if (held.refusal) return { kind: 'refused', refusal: held.refusal, isReplayed: true };
  return { kind: 'replayed', code: await load(db, caller, held.object_id) };
}

async function load(db: Db, caller: Caller, id: string): Promise<GiftCode> {
  const code = await findGiftCode(db, caller, id);
  if (!code) throw new Error(`bug: a key names ${id}, which is not there`);
  return code;
}

async function lockedSeconds(db: Db, customer: string): Promise<number> {
  const found = await db.query<{ seconds: number }>(
    `select ceil(extract(epoch from locked_until - clock_now()))::integer as seconds from gift_code_tries
     where customer_id = $1 and locked_until > clock_now()`,
    [customer],
  );
  return found.rows[0]?.seconds ?? 0;
}

/** A guess counts. A code that is known and cannot be redeemed is none: it neither counts nor ends the row. */
async function refuseUnknown(db: Db, customer: string, key: KeyClaim): Promise<Redeeming> {
  await db.query(
    `insert into gift_code_tries as t (customer_id) values ($1) on conflict (customer_id) do update
     set unknown = t.unknown % ${unknownMax} + 1,
       locked_until = case when t.unknown + 1 = ${unknownMax} then clock_now() + ${lockedFor} end`,
    [customer],
  );
  return refuse(db, key, unknownCode);
}

async function refuse(db: Db, key: KeyClaim, refusal: Refusal): Promise<Redeeming> {
  await refuseKey(db, key, refusal);
  return { kind: 'refused', refusal, isReplayed: false };
}

async function pay(
  db: Db,
  caller: Caller,
  customer: string,
  { id, amount, currency }: GiftCode,
): Promise<void> {
  const wallet_id = await openWallet(db, caller, customer, currency);
  await lockWallet(db, wallet_id);
  const gift = { reason: 'gift_redeemed', channel: 'balance', subject: id, amount, currency } as const;
  const { merchant_id, livemode } = caller;
  await bookPosting(db, { id: null, merchant_id, wallet_id, livemode }, postingFor(gift), await timeOf(db));
  await moveWallet(db, wallet_id, { balance: amount, held: 0 });
  await db.query('update gift_codes set redeemed_by = $2 where id = $1', [id, wallet_id]);
  await db.query('delete from gift_code_tries where customer_id = $1', [customer]);
} // prettier-ignore

import { randomInt } from 'node:crypto';

import type { Caller } from './api-key.ts';
import { claimKey, freeKey, type KeyClaim } from './idempotency.ts';
import { hashPin, isPin } from './pin-hash.ts';
import { type Db, prepared, type Store } from './store.ts';

/** Why a PIN, or a code in its place, was not accepted. */
export type PinRefusal = 'missing' | 'wrong' | 'locked';

/** `unset`: he has none, and nothing is to be confirmed. */
export type PinCheck = 'right' | 'unset' | PinRefusal;

/** So many wrong ones, then none is looked at for a while. */
const triesMax = 5;
const lockedFor = `interval '15 minutes'`;
const resetFor = `interval '10 minutes'`;

const find = prepared('wallet_pin', 'select pin from wallet_pins where customer_id = $1');

// Only who gets his try counted learns how it ended: of any number at once at most five are, and a lock is seen by the rest.
const count = prepared(
  'count_wallet_pin',
  `update wallet_pins set
     wrong_tries = case when $3 then 0 when wrong_tries >= ${triesMax} then 1 else wrong_tries + 1 end,
     locked_until = case when not $3 and wrong_tries + 1 = ${triesMax} then clock_now() + ${lockedFor} end
   where customer_id = $1 and pin = $2 and (locked_until is null or locked_until <= clock_now())`,
);

/** Is this the customer's PIN? A wrong one counts, and the fifth in a row locks it for a quarter of an hour. */
export async function checkPin(
  db: Db,
  customerId: string,
  pin: string | undefined,
): Promise<PinCheck> {
  const [kept] = (await db.query<{ pin: string }>(find(customerId))).rows;
  if (!kept) return 'unset';
  if (pin === undefined) return 'missing';
  const isRight = await isPin(pin, kept.pin);
  const counted = await db.query(count(customerId, kept.pin, isRight));
  if (counted.rowCount === 0) return 'locked';
  return isRight ? 'right' : 'wrong';
}

/** What makes somebody the one who may set another PIN. */
export interface PinProof {
  readonly current_pin?: string | undefined;
  readonly code?: string | undefined;
}

/** It was set, or the key had set it before, or the key named another request. */
export type PinSetting = 'set' | 'replayed' | 'key_reused' | PinRefusal;

/**
 * Sets the customer's PIN: the first one freely, another by the one before it or by a code. Under a key once: a repeat is not
 * asked for a proof that setting it has used up. What is kept of the PIN stands behind the key's fingerprint, which is without it.
 */
export async function setPin(
  store: Store,
  { app_id }: Pick<Caller, 'app_id'>,
  customerId: string,
  pin: string,
  proof: PinProof,
  key: KeyClaim | null = null,
): Promise<PinSetting> {
  const hash = await hashPin(pin);
  return store.transaction(async (db) => {
    const claim = key && { ...key, fingerprint: `${key.fingerprint} ${hash}` };
    const held = claim && (await claimKey(db, claim, app_id, customerId));
    if (held) return (await isSame(held, key, pin)) ? 'replayed' : 'key_reused';
    const end = await replace(db, customerId, hash, proof);
    if (end !== 'set' && key) await freeKey(db, key);
    return end; // also a refusal is committed: a wrong PIN counts
  });
}

async function isSame(
  held: Pick<KeyClaim, 'fingerprint'>,
  key: KeyClaim,
  pin: string,
): Promise<boolean> {
  const [asked, kept] = held.fingerprint.split(' ');
  return asked === key.fingerprint && kept !== undefined && isPin(pin, kept);
}

async function replace(
  db: Db,
  customerId: string,
  hash: string,
  { current_pin, code }: PinProof,
): Promise<'set' | PinRefusal> {
  const first = await db.query(
    'insert into wallet_pins (customer_id, pin) values ($1, $2) on conflict do nothing',
    [customerId, hash],
  );
  if (first.rowCount === 1) return 'set';
  if (code !== undefined) return replaceByCode(db, customerId, hash, code);
  const check = await checkPin(db, customerId, current_pin);
  if (check !== 'right' && check !== 'unset') return check;
  await db.query(`update wallet_pins set pin = $2, ${cleared} where customer_id = $1`, [
    customerId,
    hash,
  ]);
  return 'set';
}

const cleared = `wrong_tries = 0, locked_until = null, reset_code = null, updated_at = clock_now()`;

/** A code is good once, for ten minutes and for five tries. */
async function replaceByCode(
  db: Db,
  customerId: string,
  hash: string,
  code: string,
): Promise<'set' | 'wrong'> {
  const found = await db.query<{ reset_code: string }>(
    'select reset_code from wallet_pins where customer_id = $1 and reset_code is not null and reset_until > clock_now()',
    [customerId],
  );
  const [kept] = found.rows;
  if (!kept) return 'wrong';
  const isRight = await isPin(code, kept.reset_code);
  const used = await db.query(
    isRight
      ? `update wallet_pins set pin = $3, ${cleared} where customer_id = $1 and reset_code = $2 and reset_until > clock_now()`
      : `update wallet_pins set reset_tries = reset_tries + 1, reset_code = case when reset_tries + 1 < ${triesMax} then reset_code end
         where customer_id = $1 and reset_code = $2 and $3 <> ''`,
    [customerId, kept.reset_code, hash],
  );
  return isRight && used.rowCount === 1 ? 'set' : 'wrong';
}

/** A code by which another PIN is set, and until when. */
export interface Reset {
  readonly code: string;
  readonly expires_at: Date;
}

/** A code by which another PIN is set; it replaces the one before it. Null for a customer without a PIN. */
export async function openReset(db: Db, customerId: string): Promise<Reset | null> {
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const opened = await db.query<{ expires_at: Date }>(
    `update wallet_pins set reset_code = $2, reset_tries = 0, reset_until = clock_now() + ${resetFor}
     where customer_id = $1 returning reset_until as expires_at`,
    [customerId, await hashPin(code)],
  );
  const [reset] = opened.rows;
  return reset ? { code, expires_at: reset.expires_at } : null;
}

import { createHash, randomBytes } from 'node:crypto';

import { holdsCardNumber } from '../domain/card-number.ts';
import { formatGiftCode, type GiftCode, readGiftCode } from '../domain/gift-code.ts';
import type { Money } from '../domain/money.ts';
import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { claimKey, type KeyClaim } from './idempotency.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { visibleTo } from './payment-list.ts';
import type { Db, Store } from './store.ts';

/** One with its code: shown to whoever made it, and to nobody later, for only its hash is kept. */
export interface MadeGiftCode extends GiftCode {
  readonly code: string;
}

export interface NewGiftCodes extends Money {
  readonly count: number;
  readonly description: string | null;
  readonly expires_at: Date | null;
}

/** Codes were made, or the key had made them before, or the key named another request. */
export type GiftCodeInsertion =
  | { readonly kind: 'made'; readonly codes: readonly MadeGiftCode[] }
  | { readonly kind: 'replayed'; readonly codes: readonly GiftCode[] }
  | { readonly kind: 'key_reused' };

const columns = `t.id, t.last4, t.amount, t.currency, t.description, t.expires_at, t.redeemed_by, t.livemode, t.created_at,
  case when t.redeemed_by is not null then 'redeemed' when t.canceled_at is not null then 'canceled'
    when t.expires_at <= clock_now() then 'expired' else 'active' end as status`;

/** Makes so many codes of this worth, once under the key. The books hear of a code when it is redeemed. */
export async function insertGiftCodes(
  store: Store,
  caller: Caller,
  wanted: NewGiftCodes,
  key: KeyClaim,
): Promise<GiftCodeInsertion> {
  const drawn = Array.from({ length: wanted.count }, () => ({ id: drawId('gft'), code: drawCode() }));
  return store.transaction(async (db) => {
    const held = await claimKey(db, key, caller.app_id, drawn[0]?.id ?? '');
    if (held && held.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
    if (held) return { kind: 'replayed', codes: await madeUnder(db, key) };
    await insert(db, caller, wanted, key, drawn);
    const made = await madeUnder(db, key);
    const codes = new Map<string, string>(drawn.map(({ id, code }) => [id, code]));
    return { kind: 'made', codes: made.map((one) => ({ ...one, code: codes.get(one.id) ?? '' })) };
  });
} // prettier-ignore

/** One in some ten million would be refused at the door as a card number: it is drawn again. */
function drawCode(): string {
  const code = formatGiftCode(randomBytes(10));
  return holdsCardNumber(code) ? drawCode() : code;
}

function hashOf(characters: string): string {
  return createHash('sha256').update(characters).digest('hex');
}

async function insert(
  db: Db,
  { merchant_id, livemode }: Caller,
  { amount, currency, description, expires_at }: NewGiftCodes,
  { cause }: KeyClaim,
  drawn: readonly { readonly id: string; readonly code: string }[],
): Promise<void> {
  await db.query(
    `insert into gift_codes (id, hash, last4, merchant_id, livemode, amount, currency, description, expires_at, cause)
     select id, hash, last4, $4, $5, $6, $7, $8, $9, $10 from unnest($1::text[], $2::text[], $3::text[]) as drawn (id, hash, last4)`,
    [
      drawn.map(({ id }) => id),
      drawn.map(({ code }) => hashOf(code.replaceAll('-', ''))),
      drawn.map(({ code }) => code.slice(-4)),
      merchant_id, livemode, amount, currency, description, expires_at, cause,
    ],
  );
} // prettier-ignore

async function madeUnder(db: Db, { cause }: KeyClaim): Promise<GiftCode[]> {
  const made = await db.query<GiftCode>(
    `select ${columns} from gift_codes t where t.cause = $1 order by t.id`,
    [cause],
  );
  return made.rows;
}

/** One page of the caller's codes, newest first. */
export async function listGiftCodes(
  db: Db,
  caller: Caller,
  asked: PageRequest,
): Promise<Page<GiftCode>> {
  const listing = { from: 'gift_codes t', scope: visibleTo(caller), filters: [] };
  const page = await readPage(db, listing, asked);
  if (page.kind !== 'page') return page;
  const found = await db.query<GiftCode>(
    `select ${columns} from gift_codes t where t.id = any($1) order by array_position($1, t.id)`,
    [page.data],
  );
  return { ...page, data: found.rows };
}

/** The caller's code with this id, or null: another merchant's does not exist for it. */
export async function findGiftCode(
  db: Db,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<GiftCode | null> {
  const found = await db.query<GiftCode>(
    `select ${columns} from gift_codes t where t.id = $1 and t.merchant_id = $2 and t.livemode = $3`,
    [id, merchant_id, livemode],
  );
  return found.rows[0] ?? null;
}

/** The caller's code with these characters, taken until the transaction ends; null when nobody knows it. */
export async function lockGiftCode(
  db: Db,
  { merchant_id, livemode }: Caller,
  typed: string,
): Promise<GiftCode | null> {
  const characters = readGiftCode(typed);
  if (characters === null) return null;
  const found = await db.query<GiftCode>(
    `select ${columns} from gift_codes t where t.hash = $1 and t.merchant_id = $2 and t.livemode = $3 for no key update`,
    [hashOf(characters), merchant_id, livemode],
  );
  return found.rows[0] ?? null;
}

/** Cancels the caller's code, if it is active. @returns the code as it stands then; null when there is none */
export async function cancelGiftCode(db: Db, caller: Caller, id: string): Promise<GiftCode | null> {
  await db.query(
    `update gift_codes set canceled_at = clock_now()
     where id = $1 and merchant_id = $2 and livemode = $3
       and redeemed_by is null and canceled_at is null and (expires_at is null or expires_at > clock_now())`,
    [id, caller.merchant_id, caller.livemode],
  );
  return findGiftCode(db, caller, id);
}

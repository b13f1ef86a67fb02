import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { claimKey, type KeyClaim } from './idempotency.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { visibleTo } from './payment-list.ts';
import { setupsOver, withdrawn } from './payment-method.ts';
import { openPerson, type Person, type SealedPerson, sealPerson } from './person.ts';
import { type Db, prepared, type Store } from './store.ts';

/** Somebody whom a merchant knows. */
export interface Customer extends Person {
  readonly id: string;
  /** The merchant's own number of him. */
  readonly reference: string | null;
  readonly livemode: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export type NewCustomer = Person & Pick<Customer, 'reference'>;

/** The customer as he is now; `replayed`: the key had made or changed him before. */
export type CustomerWriting =
  | { readonly kind: 'written' | 'replayed'; readonly customer: Customer }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'not_found' };

type Row = SealedPerson & Pick<Customer, 'reference' | 'livemode' | 'created_at' | 'updated_at'>;

const columns = 't.id, t.reference, t.livemode, t.sealed, t.key_id, t.created_at, t.updated_at';

const one = `select ${columns} from customers t
  where t.id = $1 and t.merchant_id = $2 and t.livemode = $3 and t.removed_at is null`;

/** Makes a customer; under a key at most one, for as long as he is there. */
export async function insertCustomer(
  store: Store,
  caller: Caller,
  { reference, ...person }: NewCustomer,
  key: KeyClaim | null,
): Promise<CustomerWriting> {
  const { merchant_id, app_id, livemode } = caller;
  return store.transaction(async (db) => {
    const id = drawId('cus');
    const held = key && (await claimKey(db, key, app_id, id));
    if (held) return heldBy(store, db, caller, key, held);
    const { sealed, key_id } = sealPerson(store.keyring, id, person, livemode);
    await db.query(
      `insert into customers (id, merchant_id, app_id, livemode, reference, sealed, key_id, cause)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, merchant_id, app_id, livemode, reference, sealed, key_id, key?.cause ?? null],
    );
    return { kind: 'written', customer: await load(store, db, caller, id) };
  });
}

/** Gives the caller's customer what `change` names; whoever changes him at the same time takes turns. */
export async function changeCustomer(
  store: Store,
  caller: Caller,
  id: string,
  change: Partial<NewCustomer>,
  key: KeyClaim | null,
): Promise<CustomerWriting> {
  return store.transaction(async (db) => {
    const last = await lock(store, db, caller, id);
    if (!last) return { kind: 'not_found' };
    const held = key && (await claimKey(db, key, caller.app_id, id));
    if (held) return heldBy(store, db, caller, key, held);
    const { reference, name, email, metadata } = { ...last, ...change };
    const { sealed, key_id } = sealPerson(
      store.keyring,
      id,
      { name, email, metadata },
      caller.livemode,
    );
    await db.query(
      'update customers set reference = $2, sealed = $3, key_id = $4, updated_at = clock_now() where id = $1',
      [id, reference, sealed, key_id],
    );
    return { kind: 'written', customer: await load(store, db, caller, id) };
  });
}

async function heldBy(
  store: Store,
  db: Db,
  caller: Caller,
  key: KeyClaim,
  held: { readonly fingerprint: string; readonly object_id: string },
): Promise<CustomerWriting> {
  if (held.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
  return { kind: 'replayed', customer: await load(store, db, caller, held.object_id) };
}

async function lock(store: Store, db: Db, caller: Caller, id: string): Promise<Customer | null> {
  const { merchant_id, livemode } = caller;
  const found = await db.query<Row>(`${one} for update`, [id, merchant_id, livemode]);
  return found.rows[0] ? opened(store, found.rows[0]) : null;
}

async function load(store: Store, db: Db, caller: Caller, id: string): Promise<Customer> {
  const found = await findCustomer(store, caller, id, db);
  if (!found) throw new Error(`bug: a key names ${id}, who is not there`);
  return found;
}

const customer = prepared('customer', one);

/** The caller's customer with this id, or null: another merchant's and a removed one do not exist for it. */
export async function findCustomer(
  store: Store,
  { merchant_id, livemode }: Caller,
  id: string,
  db: Db = store.pool,
): Promise<Customer | null> {
  const found = await db.query<Row>(customer(id, merchant_id, livemode));
  return found.rows[0] ? opened(store, found.rows[0]) : null;
}

/** One page of the caller's customers, newest first. */
export async function listCustomers(
  store: Store,
  caller: Caller,
  { reference }: { readonly reference?: string | undefined },
  asked: PageRequest,
): Promise<Page<Customer>> {
  const filters: Condition[] = [['t.removed_at is null'], ['t.reference = ?', reference]]; // a removed one is still a cursor
  const listing = { from: 'customers t', scope: visibleTo(caller), filters };
  const page = await readPage(store.pool, listing, asked);
  if (page.kind !== 'page') return page;
  const found = await store.pool.query<Row>(
    `select ${columns} from customers t where t.id = any($1) and t.removed_at is null
     order by array_position($1, t.id)`,
    [page.data],
  );
  return { ...page, data: found.rows.map((row) => opened(store, row)) };
}

/** A wallet of the customer that holds money, or will when its open top-up is paid. */
async function fullWallet(db: Db, customer: string): Promise<string | null> {
  const found = await db.query<{ id: string }>(
    `select id from wallets w where customer_id = $1 and (balance > 0 or exists (
       select 1 from payments where wallet_id = w.id and status not in ('succeeded', 'failed', 'canceled')
     )) order by id for update`,
    [customer],
  );
  return found.rows[0]?.id ?? null;
}

/** What became of a removal; `wallet_not_empty`: somebody must pay out first what this wallet holds. */
export type Removal =
  | { readonly kind: 'removed' | 'not_found' }
  | { readonly kind: 'wallet_not_empty'; readonly wallet: string };

/**
 * Removes the caller's customer and frees his key. What named him is destroyed, his saved methods are withdrawn, the row stays:
 * payments go on bearing his id. Not while a wallet of his holds money, or money is on its way into it.
 */
export async function removeCustomer(store: Store, caller: Caller, id: string): Promise<Removal> {
  return store.transaction(async (db) => {
    if (!(await lock(store, db, caller, id))) return { kind: 'not_found' };
    const wallet = await fullWallet(db, id);
    if (wallet) return { kind: 'wallet_not_empty', wallet };
    await db.query(
      `with removed as (
         update customers set sealed = null, key_id = null, reference = null, removed_at = clock_now(), updated_at = clock_now()
         where id = $1 returning cause
       ), unpinned as (
         delete from wallet_pins where customer_id = $1
       ), unlocked as (
         delete from gift_code_tries where customer_id = $1
       ), gone as (
         update payment_methods set ${withdrawn} where customer_id = $1 and status in ('pending', 'active') returning id
       ), ${setupsOver}
       delete from idempotency_keys where cause in (select cause from removed)`,
      [id],
    );
    return { kind: 'removed' };
  });
}

function opened({ keyring }: Store, row: Row): Customer {
  const { id, reference, livemode, created_at, updated_at } = row;
  return { id, reference, ...openPerson(keyring, row), livemode, created_at, updated_at };
}

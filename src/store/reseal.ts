import { type KeptSettings, openSettings, sealSettings } from './account-settings.ts';
import { type Keyring, NoSecretKey, type Sealed } from './keyring.ts';
import { openPerson, type SealedPerson, sealPerson } from './person.ts';
import { type Db, type Prepared, prepared, type Store } from './store.ts';

/** A table with sealed rows. */
interface SealedTable<Row> {
  /** Rows that another key has sealed, or none, locked against who would change them; of key and how many at most. */
  readonly others: Prepared;
  /** What is in the row, sealed with the first key. */
  readonly anew: (keyring: Keyring, row: Row) => Sealed;
  readonly write: (row: Row, { sealed, key_id }: Sealed) => ReturnType<Prepared>;
}

const accountVersion = prepared(
  'reseal_account',
  `update channel_accounts set settings = null, sealed = $3, key_id = $4 where id = $1 and version = $2`,
);

const accounts: SealedTable<KeptSettings> = {
  others: prepared(
    'accounts_sealed_otherwise',
    `select id, version, settings, sealed, key_id from channel_accounts
     where key_id is distinct from $1 order by id, version limit $2`, // a version never changes
  ),
  anew: (keyring, row) => sealSettings(keyring, { ...row, settings: openSettings(keyring, row) }),
  write: ({ id, version }, { sealed, key_id }) => accountVersion(id, version, sealed, key_id),
};

const person = prepared('reseal_customer', `update customers set sealed = $2, key_id = $3 where id = $1`); // prettier-ignore

const customers: SealedTable<SealedPerson> = {
  others: prepared(
    'customers_sealed_otherwise',
    `select id, sealed, key_id from customers where key_id <> $1 order by id limit $2 for update`,
  ),
  anew: (keyring, row) => sealPerson(keyring, row.id, openPerson(keyring, row)),
  write: ({ id }, { sealed, key_id }) => person(id, sealed, key_id),
};

/**
 * Seals with the first key whatever another one has sealed, and what is in plain form: how many rows that were.
 * A batch is a transaction: one that was interrupted goes on where it stopped. Throws when a row does not open, or without a key.
 */
export async function resealAll(store: Store, batch = 100): Promise<number> {
  if (store.keyring.first === null)
    throw new NoSecretKey('SECRET_KEYS is not set: there is no key to seal with');
  return (await resealTable(store, accounts, batch)) + (await resealTable(store, customers, batch));
}

async function resealTable<Row extends object>(
  store: Store,
  table: SealedTable<Row>,
  batch: number,
): Promise<number> {
  let resealed = 0;
  for (;;) {
    const count = await store.transaction((db) => resealBatch(store, db, table, batch));
    resealed += count;
    if (count === 0) return resealed;
  }
}

async function resealBatch<Row extends object>(
  { keyring }: Store,
  db: Db,
  { others, anew, write }: SealedTable<Row>,
  batch: number,
): Promise<number> {
  await db.query(`select pg_advisory_xact_lock(hashtext('reseal'))`); // two that do it take turns
  const { rows } = await db.query<Row>(others(keyring.first, batch));
  const sealed = rows.map((row) => write(row, anew(keyring, row)));
  await Promise.all(sealed.map((statement) => db.query(statement)));
  return rows.length;
}

import { type KeptSettings, openSettings, sealSettings } from './account-settings.ts';
import { NoSecretKey } from './keyring.ts';
import { type Db, prepared, type Store } from './store.ts';

const others = prepared(
  'sealed_otherwise',
  `select id, version, settings, sealed, key_id from channel_accounts
   where key_id is distinct from $1 order by id, version limit $2`,
);

const write = prepared(
  'reseal',
  `update channel_accounts a set settings = null, sealed = n.sealed, key_id = $4
   from unnest($1::text[], $2::integer[], $3::bytea[]) n (id, version, sealed)
   where a.id = n.id and a.version = n.version`,
);

/**
 * Seals with the first key whatever another one has sealed, and what is in plain form: how many versions that were.
 * A batch is a transaction: one that was interrupted goes on where it stopped. Throws when a version does not open, or without a key.
 */
export async function resealAll(store: Store, batch = 100): Promise<number> {
  if (store.keyring.first === null)
    throw new NoSecretKey('SECRET_KEYS is not set: there is no key to seal with');
  let resealed = 0;
  for (;;) {
    const count = await store.transaction((db) => resealBatch(store, db, batch));
    resealed += count;
    if (count === 0) return resealed;
  }
}

async function resealBatch({ keyring }: Store, db: Db, batch: number): Promise<number> {
  await db.query(`select pg_advisory_xact_lock(hashtext('reseal'))`); // two that do it take turns
  const { rows } = await db.query<KeptSettings>(others(keyring.first, batch));
  if (rows.length === 0) return 0;
  const sealed = rows.map((row) =>
    sealSettings(keyring, { ...row, settings: openSettings(keyring, row) }),
  );
  const ids = rows.map(({ id }) => id);
  const versions = rows.map(({ version }) => version);
  await db.query(write(ids, versions, sealed.map((one) => one.sealed), keyring.first)); // prettier-ignore
  return rows.length;
}

import type { KeptSettings } from './account-settings.ts';
import type { Claim } from './account-version.ts';
import { claimKey, findKey } from './idempotency.ts';
import { storable } from './storable.ts';
import { type Db, prepared, type Store } from './store.ts';

/** A version that a newer one has replaced. */
export interface OlderSettings extends KeptSettings {
  /** It was replaced less than 30 days ago: whatever it has signed counts. */
  readonly is_recent: boolean;
}

const older = prepared(
  'older_settings',
  `select id, version, settings, sealed, key_id,
     (select min(n.created_at) from channel_accounts n where n.id = v.id and n.version > v.version)
       > clock_now() - interval '30 days' as is_recent
   from channel_accounts v where id = $1 and version < $2 and retired_at is null order by version desc limit 20`,
);

/** The versions before this one that were not retired, newest first, at most 20. */
export async function olderSettings(
  db: Db,
  { id, version }: Pick<KeptSettings, 'id' | 'version'>,
): Promise<OlderSettings[]> {
  const found = await db.query<OlderSettings>(older(id, version));
  return found.rows;
}

const unfinished = prepared(
  'unfinished_under',
  `select 1 from attempts a left join refunds r on r.attempt_id = a.id and r.id = $1
   where a.id = coalesce((select attempt_id from refunds where id = $1), $1)
     and a.channel_account = $2 and a.account_version = $3
     and (r.status = 'processing' or a.status not in ('paid', 'declined', 'closed', 'abandoned'))`,
);

/** Does our number name an attempt that was made with this version and is not through, or a refund of one that is under way? */
export async function isUnfinishedUnder(
  db: Db,
  { id, version }: Pick<KeptSettings, 'id' | 'version'>,
  reference: string,
): Promise<boolean> {
  const found = await db.query(unfinished(storable(reference), id, version));
  return found.rows.length > 0;
}

/** What became of a retirement: how many versions it retired, or why it did none. */
export type Retirement =
  | { readonly kind: 'retired'; readonly count: number }
  | { readonly kind: 'replayed' | 'key_reused' | 'newest' | 'unknown' };

/**
 * Ends the overlap of an account's versions up to this one, at once: what they sign is not believed, and calls of
 * attempts that were made with them go with the newest one. The newest itself cannot be retired.
 *
 * @param upTo null: all but the newest
 */
export async function retireVersions(
  store: Store,
  id: string,
  upTo: number | null,
  claim: Claim | null = null,
): Promise<Retirement> {
  return store.transaction(async (db) => {
    const newest = await newestVersion(db, id);
    if (newest === null) return { kind: 'unknown' };
    const isNewest = upTo !== null && upTo >= newest;
    if (isNewest && !(claim && (await findKey(db, claim.cause)))) return { kind: 'newest' };
    const held = claim && (await claimKey(db, claim, claim.app_id, id));
    if (held) return { kind: held.fingerprint === claim.fingerprint ? 'replayed' : 'key_reused' };
    const retired = await db.query(
      'update channel_accounts set retired_at = clock_now() where id = $1 and version <= $2 and retired_at is null',
      [id, upTo ?? newest - 1],
    );
    return { kind: 'retired', count: retired.rowCount ?? 0 };
  });
}

async function newestVersion(db: Db, id: string): Promise<number | null> {
  const found = await db.query<{ newest: number | null }>(
    'select max(version) as newest from channel_accounts where id = $1',
    [id],
  );
  return found.rows[0]?.newest ?? null;
}

import type { Keyring, Sealed } from './keyring.ts';
import { prepared } from './store.ts';
import { createVault } from './vault.ts';

/** One version of an account with its settings as they are kept: sealed, or in plain form since before they were. */
export interface KeptSettings {
  readonly id: string;
  readonly version: number;
  readonly settings: unknown;
  readonly sealed: Buffer | null;
  readonly key_id: string | null;
}

/** The version that an attempt was made with, and the newest of its account; null where that is the same. */
export interface PinnedSettings extends KeptSettings {
  readonly newest: KeptSettings | null;
}

/** The settings, sealed for this version of this account alone. */
export function sealSettings(
  keyring: Keyring,
  { id, version, settings }: Pick<KeptSettings, 'id' | 'version' | 'settings'>,
): Sealed {
  return keyring.seal(JSON.stringify(settings), placeOf(id, version));
}

/** What was sealed, or the plain form. Throws an Error of one line when no key opens it. */
export function openSettings(keyring: Keyring, kept: KeptSettings): unknown {
  const { id, version, settings, sealed, key_id } = kept;
  if (sealed === null || key_id === null) return settings;
  return JSON.parse(keyring.open({ sealed, key_id }, placeOf(id, version)));
}

function placeOf(id: string, version: number): string {
  return `channel account ${id} version ${version}`;
}

const others = prepared(
  'settings_sealed_otherwise',
  `select id, version, settings, sealed, key_id from channel_accounts
   where key_id is distinct from $1 and id > $2 order by id fetch first $3 rows with ties`,
);

const write = prepared(
  'reseal_settings',
  `update channel_accounts a set settings = null, sealed = n.sealed, key_id = $4
   from unnest($1::text[], $2::integer[], $3::bytea[]) n (id, version, sealed)
   where a.id = n.id and a.version = n.version`,
);

/** The settings of all versions of all accounts. */
export const accountVault = createVault(
  others,
  (keyring, row: KeptSettings) =>
    sealSettings(keyring, { ...row, settings: openSettings(keyring, row) }).sealed,
  (rows, sealed, keyId) =>
    write(rows.map(({ id }) => id), rows.map(({ version }) => version), sealed, keyId), // prettier-ignore
);

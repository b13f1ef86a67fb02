import type { Keyring, Sealed } from './keyring.ts';

/** One version of an account with its settings as they are kept: sealed, or in plain form since before they were. */
export interface KeptSettings {
  readonly id: string;
  readonly version: number;
  readonly settings: unknown;
  readonly sealed: Buffer | null;
  readonly key_id: string | null;
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

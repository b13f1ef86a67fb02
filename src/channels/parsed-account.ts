import type { Channel } from './channel.ts';

/** A channel account as it is stored: what it holds never changes under one version. */
interface Kept {
  readonly id: string;
  readonly version: number;
  /** Where more is read into it out of a newer version. */
  readonly newest?: Pick<Kept, 'version'> | null;
}

/** The parsed account of a channel. Throws as `parseAccount` and the reading of its settings do. */
export type ParsedAccounts<Version extends Kept> = (channel: Channel, kept: Version) => unknown;

/**
 * Reads and parses each version of an account once in this process: an RSA key costs a millisecond, and every call
 * needs it.
 */
export function createParsedAccounts<Version extends Kept>(
  settingsOf: (kept: Version, channel: Channel) => unknown,
): ParsedAccounts<Version> {
  const parsed = new Map<string, { readonly versions: string; readonly account: unknown }[]>();
  return (channel, kept) => {
    const { id, version, newest } = kept;
    const known = parsed.get(id) ?? [];
    const versions = `${version} ${newest?.version ?? ''}`;
    const found = known.find((one) => one.versions === versions);
    if (found) return found.account;
    const account = channel.parseAccount(settingsOf(kept, channel));
    parsed.set(id, [{ versions, account }, ...known].slice(0, versionsKept));
    return account;
  };
}

/** The newest, and the older ones that a callback may have been signed with. */
const versionsKept = 21;

import type { Channel } from './channel.ts';

/** A channel account as it is stored: what it holds never changes under one version. */
interface Kept {
  readonly id: string;
  readonly version: number;
}

/** The parsed account of a channel. Throws as `parseAccount` and the reading of its settings do. */
export type ParsedAccounts<Version extends Kept> = (channel: Channel, kept: Version) => unknown;

/**
 * Reads and parses each version of an account once in this process: an RSA key costs a millisecond, and every call
 * needs it.
 */
export function createParsedAccounts<Version extends Kept>(
  settingsOf: (kept: Version) => unknown,
): ParsedAccounts<Version> {
  const parsed = new Map<string, { readonly version: number; readonly account: unknown }[]>();
  return (channel, kept) => {
    const { id, version } = kept;
    const versions = parsed.get(id) ?? [];
    const found = versions.find((one) => one.version === version);
    if (found) return found.account;
    const account = channel.parseAccount(settingsOf(kept));
    parsed.set(id, [{ version, account }, ...versions].slice(0, versionsKept));
    return account;
  };
}

/** The newest, and the older ones that a callback may have been signed with. */
const versionsKept = 21;

import type { Channel } from './channel.ts';

/** A channel account as it is stored: what it holds never changes under one version. */
interface Kept {
  readonly id: string;
  readonly version: number;
  readonly settings: unknown;
}

/** The parsed account of a channel. Throws as `parseAccount` does. */
export type ParsedAccounts = (channel: Channel, kept: Kept) => unknown;

/** Parses each version of an account once in this process: an RSA key costs a millisecond, and every call needs it. */
export function createParsedAccounts(): ParsedAccounts {
  const parsed = new Map<string, { readonly version: number; readonly account: unknown }[]>();
  return (channel, { id, version, settings }) => {
    const versions = parsed.get(id) ?? [];
    const found = versions.find((one) => one.version === version);
    if (found) return found.account;
    const account = channel.parseAccount(settings);
    parsed.set(id, [{ version, account }, ...versions].slice(0, versionsKept));
    return account;
  };
}

/** Old ones are asked for until the last attempt that was made with them is done. */
const versionsKept = 3;

import type { CallbackReading, RawCallback } from '../channels/callback.ts';
import type { Channel } from '../channels/channel.ts';
import type { ParsedAccounts } from '../channels/parsed-account.ts';
import { isUnfinishedUnder, olderSettings } from '../store/account-overlap.ts';
import type { KeptSettings } from '../store/account-settings.ts';
import type { Db } from '../store/store.ts';
import { logger } from '../telemetry.ts';

/**
 * Reads a callback with the newest keys of its account, and where these do not believe it with older ones that still
 * count (decision 0027): what was under way when a key was rotated is signed with the old one.
 */
export async function readingOf(
  db: Db,
  channel: Channel,
  accountOf: ParsedAccounts<KeptSettings>,
  newest: KeptSettings,
  raw: RawCallback,
): Promise<CallbackReading> {
  const now = new Date();
  const read = (kept: KeptSettings) => channel.readCallback(accountOf(channel, kept), raw, now);
  const first = read(newest);
  if (isBelieved(first) || newest.version === 1) return first;
  for (const older of await olderSettings(db, newest)) {
    const reading = read(older);
    if (!isBelieved(reading)) continue;
    const reference = 'reference' in reading ? (reading.reference ?? '') : '';
    if (!older.is_recent && !(await isUnfinishedUnder(db, older, reference))) continue;
    const { id: channel_account, version } = older;
    logger.info({ channel_account, version }, 'a callback was signed with the keys of an older version');
    return reading;
  }
  return first;
} // prettier-ignore

/** Are these the keys that it was made with, whatever it says? */
function isBelieved({ kind }: CallbackReading): boolean {
  return kind !== 'forged' && kind !== 'foreign';
}

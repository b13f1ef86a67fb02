import type { CallbackReading, RawCallback } from '../channels/callback.ts';
import type { Channel } from '../channels/channel.ts';
import type { ParsedAccounts } from '../channels/parsed-account.ts';
import { redactCardNumbers } from '../domain/card-number.ts';
import { channelNumberMax, longestIn } from '../domain/channel-number.ts';
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

/** A reading as it may be stored and logged: without card numbers, and with no number longer than any channel's. */
export function keepable(reading: CallbackReading): CallbackReading {
  return legible(withoutCardNumbers(reading));
}

/** Also the channel's word may hold a card number, in any of its members; an id of ours never counts as one. */
function withoutCardNumbers(reading: CallbackReading): CallbackReading {
  const written = (_: string, value: unknown) =>
    typeof value === 'string' && !/^[a-z]{3}_\w{26}$/.test(value)
      ? redactCardNumbers(value)
      : value;
  return JSON.parse(JSON.stringify(reading, written)) as CallbackReading;
}

/** What bears a number that is no channel's says nothing that could be kept. */
function legible(reading: CallbackReading): CallbackReading {
  const event = 'event' in reading ? reading.event.length : 0;
  const name = reading.kind === 'report' ? reading.name.length : 0;
  const longest = Math.max(event, name, 'answer' in reading ? longestIn(reading.answer) : 0);
  if (longest <= channelNumberMax) return reading;
  return { kind: 'meaningless', detail: `a number of it has ${longest} characters` };
}

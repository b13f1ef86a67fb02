import { readFileSync } from 'node:fs';

import { z } from 'zod';

import { contentErrors, merged } from '../api/account-content.ts';
import { identityErrors } from '../api/account-identity.ts';
import { fees } from '../api/fee-schema.ts';
import type { FieldError } from '../api/problem.ts';
import type { Channel } from '../channels/channel.ts';
import { allChannels, channelFor } from '../channels/registry.ts';
import { refusalOfTarget } from '../domain/egress.ts';
import { isId } from '../domain/id.ts';
import { retireVersions } from '../store/account-overlap.ts';
import { changeAccount, type Content, createAccount } from '../store/account-version.ts';
import { accountOf, accountsOf, type ChannelAccount } from '../store/channel-account.ts';
import { pauseAccount, resumeAccount } from '../store/pause.ts';
import type { Store } from '../store/store.ts';

/** The words of a command, as they were given. */
export type Words = Readonly<Partial<Record<'channel' | 'settings' | 'merchant' | 'account' | 'version' | 'methods' | 'currencies' | 'reason' | 'until' | 'fees', string>>> & { readonly live?: boolean }; // prettier-ignore

/** What an operator does to accounts; answers those that it was about. Throws an Error with a line for everything wrong. */
export type Work = (store: Store, words: Words) => Promise<readonly ChannelAccount[]>;

/** Makes an account, shared or a merchant's. */
export const create: Work = async (store, words) => {
  const channel = channelOf(words.channel);
  const merchant_id = await merchantOf(store, words);
  const livemode = words.live ?? false;
  const content = { settings: settingsOf(words), methods: null, currencies: null, fees: null, ...given(words) };
  refuse(contentErrors(channel, content, livemode), placeErrors(content, livemode));
  const made = await createAccount(store, { ...content, channel: channel.slug, merchant_id, livemode }, null);
  return made.kind === 'key_reused' ? [] : only(store, made.id);
}; // prettier-ignore

/** Makes a new version of an account. */
export const update: Work = async (store, words) => {
  const account = await known(store, words);
  const changes = {
    ...(words.settings === undefined ? {} : { settings: settingsOf(words) }),
    ...given(words),
  };
  const channel = channelOf(account.channel);
  const next = (last: Content) => {
    const content = merged(last, changes);
    refuse(
      contentErrors(channel, content, account.livemode),
      identityErrors(channel, last, content),
      placeErrors(content, account.livemode),
    );
    return content;
  };
  await changeAccount(store, account.id, next, null);
  return only(store, account.id);
};

/** Ends the overlap of older versions, for a key that has leaked. */
export const retire: Work = async (store, words) => {
  const { account = '', version } = words;
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version))
    throw new Error(`--version must be a number, not '${version}'`);
  const upTo = version === undefined ? null : Number(version);
  const { kind } = await retireVersions(store, account, upTo);
  if (kind === 'unknown') throw new Error(`--account: there is no account '${account}'`);
  if (kind === 'newest')
    throw new Error('--version: the newest version works on; give the account new keys first (update)');
  return only(store, account);
}; // prettier-ignore

/** Has no new attempts begin at an account, until somebody resumes it or --until. */
export const pause: Work = async (store, words) => {
  const account = await known(store, words);
  const made = { reason: words.reason ?? null, until: untilOf(words) };
  await pauseAccount(store, account.id, made, operator);
  return [account];
};

/** Has new attempts begin at an account again. */
export const resume: Work = async (store, words) => {
  const account = await known(store, words);
  await resumeAccount(store, account.id, operator);
  return [account];
};

const operator = { by: 'operator', claim: null } as const;

async function known(store: Store, { account: id = '' }: Words): Promise<ChannelAccount> {
  const [account] = await only(store, id);
  if (!account) throw new Error(`--account: there is no account '${id}'`);
  return account;
}

function untilOf({ until }: Words): Date | null {
  if (until === undefined) return null;
  const given = new Date(until);
  if (given.getTime() > Date.now()) return given;
  throw new Error(`--until must be a time to come, like 2027-01-31T18:00:00Z, not '${until}'`);
}

/** What the keys of a merchant may use, or the shared accounts alone. */
export const list: Work = async (store, words) => {
  const merchant_id = await merchantOf(store, words);
  return accountsOf(store.pool, { merchant_id, livemode: words.live ?? false });
};

async function only(store: Store, id: string): Promise<readonly ChannelAccount[]> {
  const found = isId('cha', id) ? await accountOf(store.pool, id) : null;
  return found ? [found] : [];
}

function channelOf(slug = ''): Channel {
  const channel = channelFor(slug);
  if (channel) return channel;
  const slugs = allChannels().map((one) => one.slug);
  throw new Error(`--channel must be one of ${slugs.join(', ')}, not '${slug}'`);
}

async function merchantOf({ pool }: Store, { merchant }: Words): Promise<string | null> {
  if (merchant === undefined) return null;
  const found = await pool.query('select 1 from merchants where id = $1', [merchant]);
  if (found.rowCount === 1) return merchant;
  throw new Error(`--merchant: there is no merchant '${merchant}'`);
}

/** A file and not a word: what is in a command line, everybody on the machine can read. */
function settingsOf({ settings: path }: Words): object {
  if (path === undefined) throw new Error('--settings names a file, or - for standard input');
  const text = textOf('--settings', path);
  try {
    const settings = JSON.parse(text) as unknown;
    if (typeof settings === 'object' && settings && !Array.isArray(settings)) return settings;
  } catch {
    // said below, without what is in it
  }
  throw new Error(`--settings: ${path} is not one JSON object`);
}

/** What `--fees` names: the list of fees as the API takes it, or null where they are not known any more. */
function feesOf(path: string): Content['fees'] {
  const parsed = z.object({ fees: fees.nullable() }).safeParse({ fees: jsonOf(textOf('--fees', path)) });
  if (parsed.success) return parsed.data.fees;
  throw new Error(parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('\n'));
} // prettier-ignore

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('--fees: not JSON');
  }
}

function textOf(option: string, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new Error(`${option}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
} // prettier-ignore

function given({ methods, currencies, fees: path }: Words): Partial<Content> {
  return {
    ...(path === undefined ? {} : { fees: feesOf(path) }),
    ...(methods === undefined ? {} : { methods: methods.split(',') }),
    ...(currencies === undefined ? {} : { currencies: currencies.split(',') }),
  };
}

function refuse(...errors: readonly FieldError[][]): void {
  const lines = errors.flat()
    .map(({ pointer, detail }) => `${pointer.slice(1).replaceAll('/', '.')}: ${detail}`);
  if (lines.length > 0) throw new Error(lines.join('\n'));
} // prettier-ignore

/** Real money goes to a public https address; where a test account calls is the operator's own affair. */
function placeErrors({ settings }: Content, livemode: boolean): FieldError[] {
  const given = (settings as { base_url?: unknown }).base_url;
  if (!livemode || typeof given !== 'string' || !URL.canParse(given)) return [];
  const detail = refusalOfTarget(new URL(given), []);
  return detail === null
    ? []
    : [{ pointer: '/settings/base_url', code: 'invalid_settings', detail }];
}

import { randomUUID } from 'node:crypto';

import { toCurrency } from '../../src/domain/currency.ts';
import { type Posting, postingFor } from '../../src/domain/ledger.ts';
import { toMinor } from '../../src/domain/money.ts';
import { insertCustomer } from '../../src/store/customer.ts';
import { bookPosting, verifyLedger } from '../../src/store/ledger.ts';
import { moveNext, moveToModes } from '../../src/store/ledger-move.ts';
import { migrate } from '../../src/store/migration.ts';
import type { StoredPayment } from '../../src/store/payment.ts';
import type { Store } from '../../src/store/store.ts';
import { moveWallet, openWallet } from '../../src/store/wallet.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny } from '../support/payment.ts';
import {
  type Book,
  bookInSharedAccounts,
  bookWithoutModes,
  runMigrations,
} from './former-ledger.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const book: Book = (db, of, [posting], at) => bookPosting(db, of, posting!, new Date(at));

const reasons = ['order_paid', 'captured', 'refund_succeeded', 'late_receipt', 'dispute_withdrawn'] as const; // prettier-ignore

/** A shop with payments of both modes, and what its accounts should say. */
class Books {
  readonly shop: Shop;
  readonly #payments: readonly StoredPayment[];
  readonly #expected: Record<string, number> = {};
  #posted = 0;

  private constructor(shop: Shop, payments: readonly StoredPayment[]) {
    this.shop = shop;
    this.#payments = payments;
  }

  static async open(store: Store): Promise<Books> {
    const shop = await Shop.open(store, `cha_${randomUUID()}`);
    const payments = [true, false].map((livemode) => shop.create({ livemode }));
    return new Books(shop, await Promise.all(payments));
  }

  /** Books the next one of many different postings as this version does. */
  async post(version: Book): Promise<void> {
    const n = this.#posted++;
    const payment = this.#payments[n % 2]!;
    const posting = postingFor({
      reason: reasons[n % reasons.length]!, channel: n % 3 ? 'wechat-pay' : 'stripe', subject: randomUUID(),
      amount: toMinor(n + 1), currency: toCurrency(n % 7 ? 'CNY' : 'USD'),
    }); // prettier-ignore
    await this.#book(version, payment, posting);
  }

  /** Has a gift redeemed as this version does it, into a new wallet. */
  async give(version: Book, livemode: boolean): Promise<void> {
    const caller = { ...this.shop.caller, livemode };
    const nobody = { reference: null, name: null, email: null, metadata: {} };
    const made = await insertCustomer(this.shop.store, caller, nobody, null);
    if (made.kind !== 'written') throw new Error(`no customer: ${made.kind}`);
    const { pool } = this.shop.store;
    const wallet_id = await openWallet(pool, caller, made.customer.id, cny);
    const [gift, amount] = [randomUUID(), toMinor(500)];
    await pool.query(
      `insert into gift_codes (id, merchant_id, livemode, hash, last4, amount, currency, cause, redeemed_by)
       values ($1, $2, $3, $1, '0000', $4, $5, $1, $6)`,
      [gift, caller.merchant_id, livemode, amount, cny, wallet_id],
    );
    const posting = postingFor({ reason: 'gift_redeemed', channel: 'balance', subject: gift, amount, currency: cny }); // prettier-ignore
    await this.#book(version, { id: null, merchant_id: caller.merchant_id, wallet_id, livemode }, posting); // prettier-ignore
  }

  async #book(version: Book, of: Parameters<Book>[1], posting: Posting): Promise<void> {
    const { amount } = posting;
    await this.shop.store.transaction(async (db) => {
      await version(db, of, [posting], new Date().toISOString());
      if (of.id === null) await moveWallet(db, of.wallet_id!, { balance: amount, held: 0 });
    });
    this.#expect(keyOf(of.livemode, posting.debit, posting), amount);
    this.#expect(keyOf(of.livemode, posting.credit, posting), 0 - amount);
  }

  #expect(key: string, amount: number): void {
    this.#expected[key] = (this.#expected[key] ?? 0) + amount;
  }

  /** What each account should have, debits minus credits. */
  get expected(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#expected).filter(([, sum]) => sum !== 0));
  }

  /** What each has that has anything; of a wallet's the mode is the wallet's. */
  async accounts(): Promise<Record<string, number>> {
    const { rows } = await this.shop.store.pool.query<{ account: string; sum: number }>(
      `select concat_ws(' ', case coalesce(a.livemode, w.livemode) when true then 'live' when false then 'test' else 'shared' end,
         a.name, nullif(a.channel, ''), a.currency) as account, sum(case e.direction when 'debit' then e.amount else -e.amount end)::bigint as sum
       from ledger_accounts a join ledger_entries e on e.account_id = a.id left join wallets w on w.id = a.wallet_id
       where a.merchant_id = $1 group by 1 having sum(case e.direction when 'debit' then e.amount else -e.amount end) <> 0`,
      [this.shop.merchant],
    );
    return Object.fromEntries(rows.map(({ account, sum }) => [account, sum]));
  }

  /** What of it both modes share. */
  async shared(): Promise<Record<string, number>> {
    const all = Object.entries(await this.accounts());
    return Object.fromEntries(all.filter(([account]) => account.startsWith('shared')));
  }

  /** Every entry of every posting, without the moves. */
  async entries(): Promise<object[]> {
    const { rows } = await this.shop.store.pool.query<object>(
      `select e.* from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
       where t.reason <> 'moved_to_mode' order by 1, 2, 3`,
    );
    return rows;
  }

  async moves(): Promise<number> {
    const { rows } = await this.shop.store.pool.query<{ n: number }>(
      `select count(*) as n from ledger_transactions where reason = 'moved_to_mode'`,
    );
    return rows[0]!.n;
  }
}

function keyOf(livemode: boolean, name: string, { channel, currency }: Posting): string {
  const isPerChannel = name === 'channel_clearing';
  return [livemode ? 'live' : 'test', name, ...(isPerChannel ? [channel] : []), currency].join(' ');
}

/** A database of its own, as the first release has left it, with books of that release. */
async function booksOfBefore(name: string): Promise<{ books: Books; databaseUrl: string }> {
  await openPatient(database).pool.query(`create database ${name}`);
  const databaseUrl = Object.assign(new URL(database.url), { pathname: `/${name}` }).href;
  await runMigrations(databaseUrl, '0042_ledger_moves');
  return { databaseUrl, books: await Books.open(openPatient(database, { databaseUrl })) };
}

describe('the move', () => {
  test('leaves what was booked before, beside and after it in accounts of its mode, all of it and nothing twice', async () => {
    const { books, databaseUrl } = await booksOfBefore('beside');
    const { pool } = books.shop.store;
    for (const _ of times(40, Number)) await books.post(bookInSharedAccounts);
    for (const livemode of [true, false]) await books.give(bookInSharedAccounts, livemode);
    const before = await books.entries();

    let isOver = false;
    const keepOn = async (version: Book) => {
      do await books.post(version);
      while (!isOver);
      await books.give(version, true);
    };
    const former = times(3, () => keepOn(bookInSharedAccounts));
    await runMigrations(databaseUrl);
    const present = times(2, () => keepOn(book));
    await Promise.all(times(2, () => moveToModes(pool, 7)));
    await migrate(databaseUrl);
    isOver = true;
    await Promise.all([...former, ...present]);

    expect(await books.accounts()).toEqual(books.expected);
    const after = await books.entries();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(new Set(after.map((entry) => JSON.stringify(entry))).size).toBe(after.length);
    expect(await verifyLedger(pool)).toMatchObject({ balanced: true });
    const moves = await books.moves();
    await migrate(databaseUrl);
    expect(await books.moves()).toBe(moves);
  });

  test('is done a batch at a time, and goes on where it was stopped', async () => {
    const { books, databaseUrl } = await booksOfBefore('batches');
    const { store } = books.shop;
    for (const _ of times(20, Number)) await books.post(bookInSharedAccounts);
    const shared = await books.shared();
    await runMigrations(databaseUrl);
    expect(await books.shared()).toEqual(shared);

    // As if of a process whose clock is behind: moved when it is committed, and not again in its turn.
    await books.post(bookInSharedAccounts);
    await store.pool.query('update ledger_moves set up_to = (select max(id) from ledger_transactions where id like $1)', ['ltx%']); // prettier-ignore
    const started = await books.accounts();

    const killed = store.transaction(async (db) => {
      expect(await moveNext(db, 8)).toBe(true);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await books.accounts()).toEqual(started);

    const answers = [];
    for (const _ of times(4, Number)) answers.push(await moveNext(store.pool, 8));
    expect(answers).toEqual([true, true, true, false]);
    expect(await books.moves()).toBe(4);
    expect(await books.accounts()).toEqual(books.expected);
  });
});

describe('beside this version', () => {
  let books: Books;
  beforeEach(async () => {
    books = await Books.open(openPatient(database));
  });

  test('what the version before books is in the account of its mode when it is committed', async () => {
    for (const version of [bookInSharedAccounts, book, bookInSharedAccounts, book]) {
      await books.post(version);
      await books.give(version, true);
      expect(await books.accounts()).toEqual(books.expected);
    }
  });

  test('both need accounts for the first time at once, and find one each', async () => {
    await Promise.all(times(40, (i) => books.post(i % 4 < 2 ? book : bookInSharedAccounts)));
    expect(await books.accounts()).toEqual(books.expected);
  });

  test('a version that finds the accounts of both modes is refused, and books nothing twice', async () => {
    for (const _ of times(30, Number)) await books.post(book);
    const refused: unknown[] = [];
    for (const _ of times(30, Number))
      await books.post(bookWithoutModes).catch((error: unknown) => refused.push(error));
    expect(refused.length).toBeGreaterThan(20);
    for (const error of refused) expect(error).toMatchObject({ code: '23000' });
    expect(await books.accounts()).toEqual(books.expected);
  });

  test('a posting in accounts of the other mode is refused', async () => {
    const mistaken: Book = (db, of, ...rest) =>
      book(db, { ...of, livemode: !of.livemode }, ...rest);
    await expect(books.post(mistaken)).rejects.toThrow('another mode');
    await expect(books.give(mistaken, true)).rejects.toThrow('another mode');
    expect(await books.accounts()).toEqual({});
  });

  test('a wallet’s account has no mode besides its wallet’s', async () => {
    const made = books.shop.store.pool.query(
      `insert into ledger_accounts (merchant_id, name, channel, currency, wallet_id, livemode)
       values ($1, 'wallet', '', 'CNY', 'wal_1', true)`,
      [books.shop.merchant],
    );
    await expect(made).rejects.toMatchObject({ constraint: 'ledger_accounts_mode' });
  });
});

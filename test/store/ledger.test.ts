import { randomUUID } from 'node:crypto';

import { toCurrency } from '../../src/domain/currency.ts';
import { postingFor } from '../../src/domain/ledger.ts';
import { amountMax, toMinor } from '../../src/domain/money.ts';
import { bookPosting, verifyLedger } from '../../src/store/ledger.ts';
import { migrate } from '../../src/store/migration.ts';
import type { StoredPayment } from '../../src/store/payment.ts';
import type { Db } from '../../src/store/store.ts';
import { openWallet } from '../../src/store/wallet.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

describe('the books are only ever added to', () => {
  const tables = ['ledger_entries', 'ledger_transactions', 'ledger_accounts', 'payment_events'];
  beforeAll(async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
  });

  test.each(tables)('%s refuses update, delete and truncate, even by its owner', async (table) => {
    const { pool } = shop.store;
    const rows = async () => (await pool.query(`select * from ${table} order by 1, 2`)).rows;
    const before = await rows();
    expect(before.length).toBeGreaterThan(0);
    const column = Object.keys(before[0])[0];
    const change = table === 'ledger_accounts' ? `currency = 'USD'` : `${column} = ${column}`;
    for (const statement of [
      `update ${table} set ${change}`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        code: '23000',
        message: expect.stringContaining('append-only'),
      });
    expect(await rows()).toEqual(before);
  });

  test('and nothing reaches them by way of a payment', async () => {
    const { pool } = shop.store;
    await expect(pool.query('truncate payments cascade')).rejects.toThrow('append-only');
    await expect(pool.query('delete from payments')).rejects.toMatchObject({ code: '23503' });
  });
});

describe('a ledger transaction', () => {
  let payment: StoredPayment;
  let accounts: Record<string, number>;
  beforeAll(async () => {
    payment = await shop.create();
    accounts = {};
    for (const currency of ['CNY', 'USD'])
      for (const name of ['merchant_payable', 'payer_payable']) {
        const made = await shop.store.pool.query(
          `insert into ledger_accounts (merchant_id, name, channel, currency, livemode) values ($1, $2, 'test', $3, false) returning id`,
          [shop.merchant, name, currency],
        );
        accounts[`${name} ${currency}`] = made.rows[0].id;
      }
  });

  type Entry = [account: string, direction: 'debit' | 'credit', amount: number, currency: string];

  async function begin(db: Db): Promise<string> {
    const id = `ltx_${randomUUID()}`;
    await db.query(`insert into ledger_transactions values ($1, $2, 'order_paid', $1, now())`, [
      id,
      payment.id,
    ]);
    return id;
  }

  async function enter(
    db: Db,
    transaction: string,
    [account, direction, amount, currency]: Entry,
  ): Promise<void> {
    await db.query('insert into ledger_entries values ($1, $2, $3, $4, $5)', [
      transaction, accounts[account], direction, amount, currency,
    ]); // prettier-ignore
  }

  const written = (entries: Entry[]) =>
    shop.store.transaction(async (db) => {
      const id = await begin(db);
      for (const entry of entries) await enter(db, id, entry);
      return id;
    });

  test('that balances is taken', async () => {
    await written([
      ['merchant_payable CNY', 'debit', 5, 'CNY'],
      ['payer_payable CNY', 'credit', 5, 'CNY'],
    ]);
  });

  const refused: [string, Entry[], string][] = [
    ['is not balanced', [['merchant_payable CNY', 'debit', 5, 'CNY'], ['payer_payable CNY', 'credit', 4, 'CNY']], 'not balanced'],
    ['has one side', [['merchant_payable CNY', 'debit', 5, 'CNY']], 'not balanced'],
    ['has no entries', [], 'no entries'],
    ['balances only across currencies', [['merchant_payable CNY', 'debit', 5, 'CNY'], ['payer_payable USD', 'credit', 5, 'USD']], 'not balanced'],
    ['names another currency than its account', [['merchant_payable CNY', 'debit', 5, 'USD'], ['payer_payable CNY', 'credit', 5, 'USD']], 'mixes currencies'],
  ]; // prettier-ignore
  test.each(refused)('that %s is refused at commit', async (_, entries, why) => {
    await expect(written(entries)).rejects.toMatchObject({
      code: '23000',
      message: expect.stringContaining(why),
    });
  });

  test('cannot be unbalanced afterwards', async () => {
    const id = await written([
      ['merchant_payable CNY', 'debit', 5, 'CNY'],
      ['payer_payable CNY', 'credit', 5, 'CNY'],
    ]);
    const more = shop.store.transaction((db) =>
      enter(db, id, ['merchant_payable CNY', 'credit', 1, 'CNY']),
    );
    await expect(more).rejects.toThrow('not balanced');
  });

  test.each([0, -1])('does not carry an amount of %d', async (amount) => {
    const entries: Entry[] = [
      ['merchant_payable CNY', 'debit', amount, 'CNY'],
      ['payer_payable CNY', 'credit', amount, 'CNY'],
    ];
    await expect(written(entries)).rejects.toMatchObject({ code: '23514' });
  });

  test('is booked once per payment, reason and subject', async () => {
    const posting = postingFor({
      reason: 'order_paid', channel: 'wechat-pay', subject: randomUUID(), amount: toMinor(7), currency: cny,
    }); // prettier-ignore
    const book = () =>
      shop.store.transaction((db) => bookPosting(db, payment, posting, new Date()));
    const ends = await Promise.allSettled(times(10, book));
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  });

  test('finds its accounts made once, whoever needs them first', async () => {
    const fresh = await Shop.open(shop.store, `cha_${randomUUID()}`);
    const payments = await Promise.all(times(10, () => fresh.create()));
    await Promise.all(
      payments.map((one, i) =>
        shop.store.transaction((db) =>
          bookPosting(
            db,
            one,
            postingFor({
              reason: i % 2 ? 'order_paid' : 'late_receipt', channel: 'wechat-pay', subject: 's', amount: toMinor(7), currency: cny,
            }), // prettier-ignore
            new Date(),
          ),
        ),
      ),
    );
    const made = await shop.store.pool.query(
      'select name from ledger_accounts where merchant_id = $1 order by name',
      [fresh.merchant],
    );
    expect(made.rows.map((row) => row.name)).toEqual([
      'channel_clearing',
      'merchant_payable',
      'payer_payable',
    ]);
  });
});

describe('adding up', () => {
  let books: Shop;
  beforeAll(async () => {
    await shop.store.pool.query('create database books');
    const databaseUrl = Object.assign(new URL(database.url), { pathname: '/books' }).href;
    await migrate(databaseUrl);
    books = await Shop.open(openPatient(database, { databaseUrl }));
  });

  test('says per channel and currency what was taken and not returned, beyond 2^31 and to the unit', async () => {
    expect(await verifyLedger(books.store.pool)).toEqual({
      balanced: true,
      by_currency: {},
      by_channel: {},
    });
    const payments = await Promise.all(times(3, () => books.withCode({ amount: amountMax })));
    for (const { id } of payments) await books.pay(id);
    await books.store.transaction((db) => book(db, payments[0]!, 'stripe', 'USD', 250));
    expect(await verifyLedger(books.store.pool)).toEqual({
      balanced: true,
      by_currency: { CNY: 0, USD: 0 },
      by_channel: { 'wechat-pay': { CNY: 3 * amountMax }, stripe: { USD: 250 } },
    });
  });

  test('finds the books that somebody has bent behind the constraint’s back', async () => {
    const payment = await books.create();
    await inVain(async (db) => {
      await db.query('alter table ledger_entries disable trigger all');
      await book(db, payment, 'wechat-pay', 'CNY', 5);
      await db.query(
        `update ledger_entries set amount = 6 where amount = 5 and direction = 'debit'`,
      );
      expect(await verifyLedger(db)).toMatchObject({ balanced: false, by_currency: { CNY: 1 } });
      // Two wrongs that cancel out in the sum are still two wrongs.
      await book(db, payment, 'wechat-pay', 'CNY', 7, 'another');
      await db.query(
        `update ledger_entries set amount = 8 where amount = 7 and direction = 'credit'`,
      );
      expect(await verifyLedger(db)).toMatchObject({ balanced: false, by_currency: { CNY: 0 } });
    });
  });

  test('finds a wallet that has another balance than its account', async () => {
    const { pool } = books.store;
    const wallet_id = await openWallet(pool, books.caller, await books.customer(), 'CNY');
    const { id } = await books.withCode({ wallet_id });
    await books.pay(id);
    expect(await verifyLedger(pool)).toMatchObject({ balanced: true });
    await inVain(async (db) => {
      await db.query('update wallets set balance = balance + 1 where id = $1', [wallet_id]);
      expect(await verifyLedger(db)).toMatchObject({ balanced: false, by_currency: { CNY: 0 } });
    });
    const overdrawn = pool.query('update wallets set balance = -1 where id = $1', [wallet_id]);
    await expect(overdrawn).rejects.toMatchObject({ constraint: 'wallets_no_overdraft' });
  });

  test('finds test money that somebody has put into a live account', async () => {
    const payment = await books.create();
    await inVain(async (db) => {
      await db.query('alter table ledger_transactions disable trigger modes_apart');
      await book(db, { ...payment, livemode: true }, 'wechat-pay', 'CNY', 5);
      expect(await verifyLedger(db)).toMatchObject({ balanced: false, by_currency: { CNY: 0 } });
    });
  });

  test('refuses a sum that a number cannot carry rather than round it', async () => {
    const payment = await books.create();
    await inVain(async (db) => {
      for (const n of ['1', '2']) await book(db, payment, 'wechat-pay', 'CNY', 2 ** 53 - 2, n);
      await expect(verifyLedger(db)).rejects.toThrow(RangeError);
    });
  });

  /** A transaction that is taken back, whatever was done in it. */
  async function inVain(work: (db: Db) => Promise<void>): Promise<void> {
    const takenBack = new Error('taken back');
    const done = books.store.transaction(async (db) => {
      await work(db);
      throw takenBack;
    });
    await expect(done).rejects.toBe(takenBack);
  }

  async function book(
    db: Db,
    payment: StoredPayment,
    channel: string,
    currency: string,
    amount: number,
    subject = 's',
  ): Promise<void> {
    const money = { amount: toMinor(amount), currency: toCurrency(currency) };
    const posting = postingFor({ reason: 'order_paid', channel, subject, ...money });
    await bookPosting(db, payment, posting, new Date());
  }
});

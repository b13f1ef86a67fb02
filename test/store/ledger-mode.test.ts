import { randomUUID } from 'node:crypto';

import { postingFor } from '../../src/domain/ledger.ts';
import { toMinor } from '../../src/domain/money.ts';
import { bookingOf, bookPosting, verifyLedger } from '../../src/store/ledger.ts';
import type { StoredPayment } from '../../src/store/payment.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { cny } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  shop = await Shop.open(openPatient(database), `cha_${randomUUID()}`);
});

const received = () =>
  postingFor({ reason: 'order_paid', channel: 'wechat-pay', subject: randomUUID(), amount: toMinor(7), currency: cny }); // prettier-ignore

/** Books one posting as a process of this version does. */
const book = (payment: StoredPayment) =>
  shop.store.transaction((db) => bookPosting(db, payment, received(), new Date()));

/** The same as the version before did it, whose statements know no mode: word for word. */
const bookAsBefore = (payment: StoredPayment) =>
  shop.store.transaction(async (db) => {
    const booking = bookingOf(payment, [received()], new Date().toISOString());
    await db.query(
      `insert into ledger_accounts (merchant_id, name, channel, currency, wallet_id)
       select distinct e.merchant_id, e.name, e.channel, e.currency, e.wallet_id
       from jsonb_to_recordset($1) as e (merchant_id text, name text, channel text, currency text, wallet_id text)
       where not exists (select 1 from ledger_accounts a where (a.merchant_id, a.name, a.channel, a.currency, a.wallet_id)
         = (e.merchant_id, e.name, e.channel, e.currency, e.wallet_id))
       order by 1, 2, 3, 4, 5
       on conflict do nothing`,
      [JSON.stringify(booking.ledger_entries)],
    );
    await db.query(
      `with doc as (select $1::jsonb as d), transactions as (
         insert into ledger_transactions (id, payment_id, reason, subject, at)
         select t.id, t.payment_id, t.reason, t.subject, t.at
         from doc, jsonb_populate_recordset(null::ledger_transactions, d -> 'ledger_transactions') t
       ), entries as (
         insert into ledger_entries (transaction_id, account_id, direction, amount, currency)
         select e.transaction_id, a.id, e.direction, e.amount, e.currency
         from doc, jsonb_to_recordset(d -> 'ledger_entries')
           as e (transaction_id text, direction text, merchant_id text, name text, channel text, currency text, wallet_id text, amount bigint)
         join ledger_accounts a using (merchant_id, name, channel, currency, wallet_id)
       ) select 1`,
      [JSON.stringify(booking)],
    );
  });

/** Debits minus credits of the shop's accounts, with how many entries made them. */
async function accounts() {
  const { rows } = await shop.store.pool.query(
    `select a.name, a.livemode, count(e.*)::int as entries,
       coalesce(sum(case e.direction when 'debit' then e.amount else -e.amount end), 0)::int as sum
     from ledger_accounts a left join ledger_entries e on e.account_id = a.id
     where a.merchant_id = $1 group by a.id order by a.name, a.livemode`,
    [shop.merchant],
  );
  return rows;
}

test('the version before and this one book into the same accounts, whoever needs them first', async () => {
  const payment = await shop.create();
  await Promise.all(times(10, (i) => (i % 2 ? book : bookAsBefore)(payment)));
  expect(await accounts()).toEqual([
    { name: 'channel_clearing', livemode: null, entries: 10, sum: 70 },
    { name: 'merchant_payable', livemode: null, entries: 10, sum: -70 },
  ]);
  expect(await verifyLedger(shop.store.pool)).toMatchObject({ balanced: true });
});

test('this version goes on in the shared account when the next one has made accounts by mode', async () => {
  const payment = await shop.create();
  for (const livemode of [true, false])
    for (const [name, channel] of [['channel_clearing', 'wechat-pay'], ['merchant_payable', '']])
      await shop.store.pool.query(
        `insert into ledger_accounts (merchant_id, name, channel, currency, livemode) values ($1, $2, $3, 'CNY', $4)`,
        [shop.merchant, name, channel, livemode],
      );
  await book(payment);
  await book(payment);
  expect((await accounts()).filter(({ entries }) => entries > 0)).toEqual([
    { name: 'channel_clearing', livemode: null, entries: 2, sum: 14 },
    { name: 'merchant_payable', livemode: null, entries: 2, sum: -14 },
  ]);
}); // prettier-ignore

test('a wallet’s account has no mode besides its wallet’s', async () => {
  const made = shop.store.pool.query(
    `insert into ledger_accounts (merchant_id, name, channel, currency, wallet_id, livemode)
     values ($1, 'wallet', '', 'CNY', 'wal_1', true)`,
    [shop.merchant],
  );
  await expect(made).rejects.toMatchObject({ constraint: 'ledger_accounts_mode' });
});

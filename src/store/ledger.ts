import type { LedgerAccount, Posting, PostingReason } from '../domain/ledger.ts';
import type { Payment } from '../domain/payment.ts';
import { drawId } from './id.ts';
import { type Db, prepared } from './store.ts';

/** A posting as it is written: a transaction with its debit and its credit, each by the key of its account. */
export interface Booking {
  readonly ledger_transactions: readonly object[];
  readonly ledger_entries: readonly object[];
}

/** Whose money it is, of which mode, and the payment that moved it: none where a gift did. */
type Booked = Pick<Payment, 'merchant_id' | 'wallet_id' | 'livemode'> & { readonly id: Payment['id'] | null }; // prettier-ignore

/** What books these postings. A transaction is unique per payment, reason and subject. */
export function bookingOf(payment: Booked, postings: readonly Posting[], at: string): Booking {
  const booked = postings.map((posting) => ({ id: drawId('ltx'), posting }));
  return {
    ledger_transactions: booked.map(({ id, posting: { reason, subject } }) => ({
      id, payment_id: payment.id, reason, subject, at,
    })),
    ledger_entries: booked.flatMap(({ id, posting }) =>
      (['debit', 'credit'] as const).map((direction) => ({
        transaction_id: id, direction, ...accountOf(payment, posting[direction], posting), amount: posting.amount,
      })),
    ),
  };
} // prettier-ignore

/** Only `channel_clearing` is kept per channel, and `wallet` per wallet: that is of one mode itself, all others are kept by mode. */
function accountOf(of: Booked, name: LedgerAccount, { channel, currency }: Posting) {
  const { merchant_id } = of;
  if (name === 'wallet') return { merchant_id, name, channel: '', currency, wallet_id: of.wallet_id, livemode: null };
  const isPerChannel = name === 'channel_clearing';
  return { merchant_id, name, channel: isPerChannel ? channel : '', currency, wallet_id: '', livemode: of.livemode };
} // prettier-ignore

/** The postings of a transition: those of `doc`. An entry without its account is missed at the commit. */
export const booked = `
  transactions as (
    insert into ledger_transactions (id, payment_id, reason, subject, at)
    select t.id, t.payment_id, t.reason, t.subject, t.at
    from doc, jsonb_populate_recordset(null::ledger_transactions, d -> 'ledger_transactions') t
  ), entries as (
    insert into ledger_entries (transaction_id, account_id, direction, amount, currency)
    select e.transaction_id, a.id, e.direction, e.amount, e.currency
    from doc, jsonb_to_recordset(d -> 'ledger_entries')
      as e (transaction_id text, direction text, merchant_id text, name text, channel text, currency text, wallet_id text,
        livemode boolean, amount bigint)
    join ledger_accounts a using (merchant_id, name, channel, currency, wallet_id)
    where a.livemode is not distinct from e.livemode
  )`;

const post = prepared('post', `with doc as (select $1::jsonb as d), ${booked} select 1`);

/** Books one posting, in the transaction of `db`. */
export async function bookPosting(db: Db, of: Booked, posting: Posting, at: Date): Promise<void> {
  const booking = bookingOf(of, [posting], at.toISOString());
  await openAccounts(db, booking);
  await db.query(post(JSON.stringify(booking)));
}

const isThere = prepared(
  'is_booked',
  'select 1 from ledger_transactions where payment_id = $1 and reason = $2 and subject = $3',
);

/** Was this booked before? */
export async function isBooked(
  db: Db,
  paymentId: string,
  reason: PostingReason,
  subject: string,
): Promise<boolean> {
  return (await db.query(isThere(paymentId, reason, subject))).rowCount === 1;
}

const accounts = prepared(
  'accounts',
  `insert into ledger_accounts (merchant_id, name, channel, currency, wallet_id, livemode)
   select distinct e.merchant_id, e.name, e.channel, e.currency, e.wallet_id, e.livemode
   from jsonb_to_recordset($1)
     as e (merchant_id text, name text, channel text, currency text, wallet_id text, livemode boolean)
   where not exists (select 1 from ledger_accounts a where (a.merchant_id, a.name, a.channel, a.currency, a.wallet_id)
     = (e.merchant_id, e.name, e.channel, e.currency, e.wallet_id) and a.livemode is not distinct from e.livemode)
   order by 1, 2, 3, 4, 5, 6 -- for all in one order, or two that need the same ones lock each other out
   on conflict do nothing`,
);

/** Makes the accounts of these entries that are used for the first time. */
export async function openAccounts(db: Db, { ledger_entries }: Booking): Promise<void> {
  if (ledger_entries.length > 0) await db.query(accounts(JSON.stringify(ledger_entries)));
}

export interface LedgerReport {
  readonly balanced: boolean;
  /** Debits minus credits per currency: 0 each, or the books are broken. */
  readonly by_currency: Readonly<Record<string, number>>;
  /** What each channel has taken and not returned, per currency. */
  readonly by_channel: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const patient = { query_timeout: 3_600_000 };

/** Adds up the whole ledger and looks at every transaction: as long as it takes. */
export async function verifyLedger(db: Db): Promise<LedgerReport> {
  const broken = await db.query({ ...patient, text: `
    select transaction_id from ledger_entries group by transaction_id, currency
    having sum(case direction when 'debit' then amount else -amount end) <> 0 limit 1` }); // prettier-ignore
  const sums = await db.query<{ currency: string; sum: number }>({ ...patient, text: `
    select currency, sum(case direction when 'debit' then amount else -amount end)::bigint as sum
    from ledger_entries group by currency order by currency` }); // prettier-ignore
  const clearing = await db.query<{ channel: string; currency: string; sum: number }>({ ...patient, text: `
    select a.channel, a.currency, sum(case e.direction when 'debit' then e.amount else -e.amount end)::bigint as sum
    from ledger_entries e join ledger_accounts a on a.id = e.account_id
    where a.name = 'channel_clearing' group by a.channel, a.currency order by a.channel, a.currency` }); // prettier-ignore
  const by_currency = Object.fromEntries(sums.rows.map((row) => [row.currency, row.sum]));
  const by_channel: Record<string, Record<string, number>> = {};
  for (const row of clearing.rows) (by_channel[row.channel] ??= {})[row.currency] = row.sum;
  const isWhole = broken.rowCount === 0 && !(await hasBentWallet(db)) && !(await hasMixedModes(db));
  const balanced = isWhole && Object.values(by_currency).every((sum) => sum === 0);
  return { balanced, by_currency, by_channel };
}

/** Has any wallet another balance than its account? */
async function hasBentWallet(db: Db): Promise<boolean> {
  const bent = await db.query({ ...patient, text: `
    select w.id from wallets w
    left join (ledger_accounts a join ledger_entries e on e.account_id = a.id) on a.wallet_id = w.id
    group by w.id
    having w.balance <> coalesce(sum(case e.direction when 'credit' then e.amount else -e.amount end), 0) limit 1` }); // prettier-ignore
  return bent.rowCount !== 0;
}

/** Is anything of a payment in an account of the other mode? */
async function hasMixedModes(db: Db): Promise<boolean> {
  const mixed = await db.query({ ...patient, text: `
    select 1 from ledger_entries e join ledger_accounts a on a.id = e.account_id
    join ledger_transactions t on t.id = e.transaction_id join payments p on p.id = t.payment_id
    where a.livemode <> p.livemode limit 1` }); // prettier-ignore
  return mixed.rowCount !== 0;
}

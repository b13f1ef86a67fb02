import type { Db } from './store.ts';

/** What rules look at, of a payment and what it was tried with first. */
export interface FirstAttempt {
  readonly payment_id: string;
  readonly method: string;
  readonly channel_account: string;
  readonly usage: 'once' | 'save' | 'on_session' | 'off_session';
  readonly currency: string;
  readonly amount: number;
  readonly order_no: string;
  readonly customer: { readonly id?: string; readonly country?: string } | null;
}

/** Whose payments, when they were made (null: without a bound), and how many at most. */
export interface Sample {
  readonly merchant_id: string;
  readonly app_id: string;
  readonly livemode: boolean;
  readonly after: Date | null;
  readonly before: Date | null;
  readonly limit: number;
}

/** The newest payments of an app that were tried, top-ups of wallets not among them: they are no payments of the API. */
export async function readFirstAttempts(db: Db, sample: Sample): Promise<FirstAttempt[]> {
  const { merchant_id, app_id, livemode, after, before, limit } = sample;
  const found = await db.query<FirstAttempt>(
    `select p.id as payment_id, a.method, a.channel_account, a.usage, p.currency, p.amount, p.order_no, p.customer
     from payments p cross join lateral (
       select method, channel_account, usage from attempts where payment_id = p.id order by created_at, id limit 1) a
     where p.merchant_id = $1 and p.app_id = $2 and p.livemode = $3 and p.wallet_id is null
       and ($4::timestamptz is null or p.created_at > $4) and ($5::timestamptz is null or p.created_at < $5)
     order by p.created_at desc, p.id desc limit $6`,
    [merchant_id, app_id, livemode, after, before, limit],
  );
  return found.rows;
}

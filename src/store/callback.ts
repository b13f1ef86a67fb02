import type { Fact } from '../domain/fact.ts';
import type { PaymentStatus } from '../domain/payment.ts';
import { drawId } from './id.ts';
import { storable } from './storable.ts';
import { type Db, prepared } from './store.ts';

export type Evidence = Omit<Extract<Fact, { kind: 'evidence' }>, 'kind'>;

export interface NewCallback {
  readonly channel: string;
  readonly channel_account: string;
  readonly event: string;
  readonly verdict: 'accepted' | 'refused';
  readonly detail: string | null;
  readonly payment_id: string | null;
  readonly reference: string | null;
  /** What the actor is to be told; null when nothing follows from it. */
  readonly evidence: Evidence | null;
  /** The raw body, redacted. */
  readonly body: string;
}

const insert = prepared(
  'callback',
  `insert into callbacks (id, channel, channel_account, event, verdict, detail, payment_id, reference, evidence, body, relay_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $9::jsonb is null then null else clock_now() + interval '5 s' end)
   on conflict do nothing`,
);

/**
 * Stores a verified callback; null when the same one is there already. One with evidence is relayed by the
 * attendance 5 s later unless a run has consumed it by then.
 */
export async function insertCallback(
  db: Db,
  callback: NewCallback,
  id: string = drawId('cbk'),
): Promise<string | null> {
  const { channel, channel_account, event, verdict, detail, payment_id, reference, body } =
    callback;
  const evidence = callback.evidence && JSON.stringify(storable(callback.evidence));
  const inserted = await db.query(
    insert(
      id, channel, channel_account, storable(event), verdict, storable(detail), payment_id, storable(reference),
      evidence, storable(body),
    ), // prettier-ignore
  );
  return inserted.rowCount === 1 ? id : null;
}

export interface Subject {
  readonly payment_id: string;
  readonly channel_account: string;
  readonly amount: number;
  readonly currency: string;
  /** The channel's number of the attempt's own order, and of every receipt that was counted for it. */
  readonly handle: string | null;
  readonly receipts: readonly string[];
  readonly status: PaymentStatus;
  /** Is a call of its payment under way or planned? */
  readonly is_busy: boolean;
}

const orders = `a.handle, array(select one ->> 'channel_reference' from jsonb_array_elements(a.receipts) one) as receipts`;

// A question for later, of what is over, is no work: no run waits for it.
const rest = `p.status, exists (select 1 from operations o
  where o.payment_id = p.id and o.ended is null and (o.verb <> 'query' or o.run_at <= clock_now())) as is_busy`;

const subject = {
  attempt: prepared(
    'subject_attempt',
    `select a.payment_id, a.channel_account, a.amount, a.currency, ${orders}, ${rest}
     from attempts a join payments p on p.id = a.payment_id where a.id = $1`,
  ),
  capture: prepared(
    'subject_capture',
    `select c.payment_id, a.channel_account, c.amount, a.currency, ${orders}, ${rest}
     from captures c join attempts a on a.id = c.attempt_id join payments p on p.id = c.payment_id where c.id = $1`,
  ),
  refund: prepared(
    'subject_refund',
    `select r.payment_id, a.channel_account, r.amount, r.currency, ${orders}, ${rest}
     from refunds r join attempts a on a.id = r.attempt_id join payments p on p.id = r.payment_id where r.id = $1`,
  ),
};

const underNumber = prepared(
  'attempt_under_number',
  `select id from attempts where channel_account = $1
     and (channel_reference = $2 or (receipts <> '[]' and receipts -> 0 ->> 'channel_reference' = $2))
   order by created_at limit 1`,
);

/** Our number of the attempt that has this number at its channel, or whose money has it; null for none of this account. */
export async function attemptUnderNumber(
  db: Db,
  account: string,
  number: string,
): Promise<string | null> {
  const found = await db.query<{ id: string }>(underNumber(account, storable(number)));
  return found.rows[0]?.id ?? null;
}

/** What our number at the channel stands for: the attempt or refund, its payment, account and money. */
export async function subjectOf(
  db: Db,
  about: 'attempt' | 'capture' | 'refund' | 'dispute',
  reference: string,
): Promise<Subject | null> {
  const named = about === 'dispute' ? 'attempt' : about;
  const found = await db.query<Subject>(subject[named](storable(reference)));
  return found.rows[0] ?? null;
}

import type { Attempt } from '../domain/attempt.ts';
import type { Capture } from '../domain/capture.ts';
import type { Case } from '../domain/case.ts';
import type { Dispute } from '../domain/dispute.ts';
import type { Operation } from '../domain/operation.ts';
import type { Payment } from '../domain/payment.ts';
import type { Details } from '../domain/payment-object.ts';
import type { Refund } from '../domain/refund.ts';
import { type Db, prepared } from './store.ts';

/** A payment with what the merchant told us about it. */
export type StoredPayment = Payment & {
  readonly details: Details;
  /** What its channels have taken for all calls so far, in milliseconds. */
  readonly channel_ms: number;
};

export type Row = Record<string, unknown>;

/** Columns that are instants: milliseconds in the domain, timestamptz in SQL. */
const instants = new Set([
  'expires_at', 'created_at', 'updated_at', 'code_ends_at', 'run_at', 'not_after', 'settles_at', 'sent_at', 'resolved_at', 'capture_before',
]); // prettier-ignore

/** A row as the domain sees it: instants in milliseconds. */
export function fromRow(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    instants.has(name) && value !== null ? new Date(value as Date | string).getTime() : value,
  ]);
  return Object.fromEntries(entries) as Row;
}

/** A domain object as `jsonb_populate_recordset` reads it: instants in RFC 3339. */
export function toRow(object: object): Row {
  const entries = Object.entries(object).map(([name, value]) =>
    instants.has(name) && typeof value === 'number'
      ? [name, new Date(value).toISOString()]
      : [name, value as unknown],
  );
  return Object.fromEntries(entries) as Row;
}

const columns = `p.id, p.merchant_id, p.app_id, p.livemode, p.order_no, p.amount, p.currency, p.capture, p.on_decline,
  p.max_attempts, p.late_money, p.expires_at, p.created_at, p.status, p.outcome, p.sequence, p.method, p.given_up,
  p.cancellation_reason, p.cancel_note, p.failure, p.late, p.paid_by, p.next, p.updated_at, p.description, p.customer,
  p.metadata, p.return_url, p.notify_url, p.wallet_id`;

/** The payment, read with its parts. */
export async function loadPayment(db: Db, id: string): Promise<StoredPayment | null> {
  const [payment] = await loadPayments(db, [id]);
  return payment ?? null;
}

const partsOf = (table: string, order: string) =>
  `(select coalesce(json_agg(t order by ${order}), '[]') from ${table} t where t.payment_id = p.id) as ${table}`;

/** A payment `p` with its parts. In one statement, so of one snapshot: else row and parts could be of different transitions. */
export const wholePayment = `${columns}, ${partsOf('attempts', 't.created_at, t.id')},
  ${partsOf('operations', 't.id')}, ${partsOf('captures', 't.created_at, t.id')}, ${partsOf('refunds', 't.created_at, t.id')}, ${partsOf('cases', 't.created_at, t.id')},
  ${partsOf('disputes', 't.created_at, t.id')}`;

const payments = prepared(
  'payments',
  `select ${wholePayment},
     (select coalesce(sum(took_ms), 0) from channel_exchanges x where x.payment_id = p.id) as channel_ms
   from payments p where p.id = any($1) order by array_position($1, p.id)`,
);

/** The payments with these ids, each with its parts, in the order of the ids. */
export async function loadPayments(db: Db, ids: readonly string[]): Promise<StoredPayment[]> {
  const found = await db.query<Row>(payments(ids));
  return found.rows.map(assemble);
}

/** The payment that a row of `wholePayment` holds. */
export function assemble(row: Row): StoredPayment {
  const { description, customer, metadata, return_url, notify_url, ...rest } = fromRow(row);
  const { attempts, operations, captures, refunds, cases, disputes, channel_ms, ...core } = rest;
  const parts = (of: unknown) => (of as Row[]).map(({ payment_id: _, ...part }) => fromRow(part));
  const calls = parts(operations) as unknown as Operation[];
  const tries = parts(attempts).map((attempt) => ({
    ...attempt,
    operations: calls.filter((op) => op.attempt_id === attempt['id']),
  }));
  return {
    ...(core as unknown as Payment),
    attempts: tries as unknown as Attempt[],
    captures: parts(captures) as unknown as Capture[],
    refunds: parts(refunds) as unknown as Refund[],
    cases: parts(cases) as unknown as Case[],
    disputes: parts(disputes) as unknown as Dispute[],
    details: { description, customer, metadata, return_url, notify_url } as Details,
    channel_ms: channel_ms as number,
  };
}

/** The parts that differ from `before`, as rows; a part is written only when it changed. */
export function changedParts(
  before: Payment | null,
  after: Payment,
): Record<'attempts' | 'captures' | 'refunds' | 'operations' | 'cases' | 'disputes', Row[]> {
  const owner = { payment_id: after.id };
  const bare = ({ operations: _, ...attempt }: Attempt) => attempt;
  const calls = (payment: Payment | null) =>
    payment?.attempts.flatMap((attempt) => attempt.operations) ?? [];
  return {
    attempts: differing(before?.attempts.map(bare) ?? [], after.attempts.map(bare), owner),
    captures: differing(before?.captures ?? [], after.captures, owner),
    refunds: differing(before?.refunds ?? [], after.refunds, owner),
    operations: differing(calls(before), calls(after), owner),
    cases: differing(before?.cases ?? [], after.cases, owner),
    disputes: differing(before?.disputes ?? [], after.disputes, owner),
  };
}

function differing(
  before: readonly { id: string }[],
  after: readonly { id: string }[],
  owner: Row,
): Row[] {
  const known = new Map(before.map((part) => [part.id, JSON.stringify(part)]));
  return after
    .filter((part) => known.get(part.id) !== JSON.stringify(part))
    .map((part) => ({ ...toRow(part), ...owner }));
}

/**
 * The columns that a process of this version writes. It names them, so that it goes on while the next version's
 * migration has added one with a default: `jsonb_populate_recordset` knows no defaults and would write null there
 * (architecture section 6). `operations.sent_at` belongs to the sender alone.
 */
export const written = {
  payments: `id, merchant_id, app_id, livemode, order_no, amount, currency, capture, on_decline, max_attempts, late_money,
    expires_at, created_at, status, outcome, sequence, method, given_up, cancellation_reason, cancel_note, failure, late,
    paid_by, updated_at, description, customer, metadata, return_url, notify_url, attend_at, next,
    wallet_id`,
  attempts: `id, payment_id, channel, channel_account, account_version, routing, backups, method, amount, currency, status, created, ending,
    frozen, channel_reference, next_action, code_ends_at, failure, receipts, created_at, updated_at, handle, confirmed,
    token, held, increments, capture_before, returns, payment_method, usage`,
  captures:
    'id, payment_id, attempt_id, amount, is_final, status, executed, failure, created_at, updated_at',
  refunds: `id, payment_id, attempt_id, receipt_reference, amount, currency, origin, reason, status, accepted,
    channel_reference, failure, movements, retry_of, rules_version, approval, created_at, updated_at`,
  operations: `id, payment_id, attempt_id, refund_id, verb, channel_key, awaits, run_at, not_after, settles_at, fenced,
    ended, capture_id, stray`,
  cases: `id, payment_id, kind, attempt_id, refund_id, detail, receipt_reference, status, decision, reason, created_at,
    resolved_at`,
  disputes: `id, payment_id, attempt_id, channel_reference, amount, currency, status, channel_status, stage, reason,
    channel_reason, due_by, amount_withdrawn, amount_lost, movements, heard, created_at, updated_at`,
} as const;

/** Inserts the rows that the document `d` of a transition has under the name of their table. */
export function insertInto(table: keyof typeof written): string {
  const columns = written[table];
  return `insert into ${table} (${columns})
    select ${columns} from doc, jsonb_populate_recordset(null::${table}, d -> '${table}')`;
}

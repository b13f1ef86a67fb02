-- Up Migration

-- The one clock. `holdfast.clock_offset_ms` is set on a connection only by tests that skip time.
create function clock_now() returns timestamptz language sql volatile as $$
  select clock_timestamp()
    + coalesce(nullif(current_setting('holdfast.clock_offset_ms', true), ''), '0')::numeric * interval '1 millisecond'
$$;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'integrity_constraint_violation';
end $$;

-- Who we work for ----------------------------------------------------------------------------------

create table merchants (
  id text primary key,
  name text not null,
  created_at timestamptz not null default clock_now()
);

create table apps (
  id text primary key,
  merchant_id text not null references merchants,
  name text not null,
  late_money text not null default 'refund' check (late_money in ('accept', 'refund', 'hold')),
  created_at timestamptz not null default clock_now()
);

-- A key is 256 random bits, so one fast hash is enough (a slow one took 70 % of a peer's CPU).
create table api_keys (
  id text primary key,
  app_id text not null references apps,
  hash bytea not null unique,
  last4 text not null,
  livemode boolean not null,
  created_at timestamptz not null default clock_now(),
  revoked_at timestamptz
);

-- merchant_id null: shared by all merchants.
create table channel_accounts (
  id text not null,
  version integer not null,
  merchant_id text references merchants,
  channel text not null,
  livemode boolean not null,
  settings jsonb not null,
  created_at timestamptz not null default clock_now(),
  primary key (id, version)
);

-- The payment --------------------------------------------------------------------------------------

create table payments (
  id text primary key,
  merchant_id text not null references merchants,
  app_id text not null references apps,
  livemode boolean not null,
  order_no text not null,
  amount bigint not null check (amount > 0), -- minor units, as agreed with the payer
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  capture text not null check (capture in ('automatic', 'manual')),
  on_decline text not null check (on_decline in ('retry', 'fail')),
  max_attempts integer not null check (max_attempts between 1 and 20),
  late_money text not null check (late_money in ('accept', 'refund', 'hold')),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  status text not null check (status in ('requires_payment_method', 'in_review', 'requires_action', 'processing',
    'requires_capture', 'partially_captured', 'canceling', 'succeeded', 'canceled', 'failed')),
  outcome text not null check (outcome in ('known', 'unknown')),
  sequence integer not null check (sequence > 0),
  method text,
  given_up text check (given_up in ('requested', 'expired')),
  cancellation_reason text check (cancellation_reason in ('requested', 'expired', 'duplicate', 'risk')),
  cancel_note text,
  failure jsonb,
  late boolean not null,
  paid_by text,
  updated_at timestamptz not null,
  -- What the merchant told us and gets back as it was; no rule reads it.
  description text,
  customer jsonb,
  metadata jsonb not null,
  return_url text,
  notify_url text,
  -- When somebody must look if nobody did; null at rest.
  attend_at timestamptz
);
create index payments_newest on payments (merchant_id, created_at desc, id desc);
create index payments_order on payments (app_id, order_no);
create index payments_attend on payments (attend_at) where attend_at is not null;

-- One order number of an app has one payment that is open or paid.
create table order_claims (
  app_id text not null references apps,
  order_no text not null,
  payment_id text not null references payments deferrable initially deferred,
  primary key (app_id, order_no)
);

-- Every transition: which cause brought which fact. Unique cause and sequence are the last wall.
create table payment_events (
  payment_id text not null references payments,
  sequence integer not null,
  cause text not null,
  kind text not null,
  status text not null,
  summary text not null,
  data jsonb not null,
  at timestamptz not null,
  primary key (payment_id, sequence),
  unique (payment_id, cause)
);
create trigger append_only before update or delete on payment_events for each row execute function refuse_change();
create trigger never_truncated before truncate on payment_events execute function refuse_change();

create table attempts (
  id text primary key,
  payment_id text not null references payments,
  channel text not null,
  channel_account text not null,
  account_version integer not null,
  method text not null,
  amount bigint not null,
  currency text not null,
  status text not null check (status in ('planned', 'processing', 'requires_action', 'held', 'paid', 'declined',
    'closed', 'abandoned', 'unknown')),
  created text not null check (created in ('no', 'maybe', 'yes')),
  ending text check (ending in ('ask', 'close', 'prove')),
  frozen text check (frozen in ('disagrees', 'unanswered')),
  channel_reference text,
  next_action jsonb,
  code_ends_at timestamptz,
  failure jsonb,
  receipts jsonb not null, -- [{channel_reference, amount, currency, paid_at, use}]
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index attempts_payment on attempts (payment_id);
create unique index attempts_one_live on attempts (payment_id)
  where status not in ('paid', 'declined', 'closed', 'abandoned');

create table refunds (
  id text primary key,
  payment_id text not null references payments,
  attempt_id text not null references attempts,
  receipt_reference text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  origin text not null check (origin in ('merchant', 'late', 'duplicate', 'dispute')),
  reason text,
  status text not null check (status in ('processing', 'succeeded', 'failed', 'needs_attention')),
  accepted text not null check (accepted in ('no', 'maybe', 'yes')),
  channel_reference text,
  failure jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index refunds_payment on refunds (payment_id);
-- What the machine sends back by itself goes back once.
create unique index refunds_once on refunds (attempt_id, receipt_reference)
  where origin in ('late', 'duplicate') and status <> 'failed';

-- One outside call each, written before the call. `sent_at` and `fenced` are the send fence.
create table operations (
  id text primary key,
  payment_id text not null references payments,
  attempt_id text not null references attempts,
  refund_id text references refunds,
  verb text not null check (verb in ('create', 'query', 'close', 'refund', 'query_refund')),
  channel_key text not null,
  awaits text check (awaits in ('answer', 'change')),
  run_at timestamptz not null,
  not_after timestamptz not null,
  settles_at timestamptz,
  sent_at timestamptz,
  fenced boolean not null,
  ended text check (ended in ('answered', 'never_sent', 'unknown', 'superseded'))
);
create index operations_payment on operations (payment_id);
create unique index operations_one_mutating on operations (attempt_id)
  where ended is null and verb in ('create', 'close');

create table cases (
  id text primary key,
  payment_id text not null references payments,
  kind text not null check (kind in ('late_money', 'conflict', 'outcome_unknown', 'refund_undeliverable')),
  attempt_id text not null references attempts,
  refund_id text references refunds,
  detail text not null,
  receipt_reference text,
  status text not null check (status in ('open', 'resolved')),
  decision text,
  reason text,
  created_at timestamptz not null,
  resolved_at timestamptz
);
create index cases_payment on cases (payment_id);

-- `cause` = sha256(app, endpoint, Idempotency-Key). A refusal by state lives 24 h, an object for ever.
create table idempotency_keys (
  cause text primary key,
  app_id text not null references apps,
  fingerprint text not null,
  object_id text not null,
  refusal jsonb,
  created_at timestamptz not null default clock_now()
);

-- The edge -----------------------------------------------------------------------------------------

-- Verified callbacks, also refused ones. The raw bytes are what was signed; `evidence` is what we read in them.
create table callbacks (
  id text primary key,
  channel text not null,
  channel_account text not null,
  event text not null, -- the channel's id of the notice
  verdict text not null check (verdict in ('accepted', 'refused')),
  detail text,
  payment_id text,
  reference text,
  evidence jsonb,
  body text not null, -- redacted
  received_at timestamptz not null default clock_now(),
  consumed_at timestamptz,
  relay_at timestamptz
);
create unique index callbacks_once on callbacks (channel_account, event, verdict, md5(coalesce(evidence::text, body)));
create index callbacks_payment on callbacks (payment_id);
create index callbacks_relay on callbacks (relay_at) where relay_at is not null;

create table channel_exchanges (
  id text primary key,
  payment_id text not null,
  operation_id text not null,
  channel text not null,
  verb text not null,
  request text not null, -- redacted
  response text,
  result text not null,
  at timestamptz not null default clock_now(),
  took_ms integer not null
);
create index channel_exchanges_payment on channel_exchanges (payment_id);

create table events (
  id text primary key,
  merchant_id text not null,
  app_id text not null,
  object_id text not null,
  payment_id text not null,
  type text not null,
  sequence integer not null,
  data jsonb not null,
  created_at timestamptz not null,
  unique (object_id, sequence)
);
create index events_newest on events (merchant_id, created_at desc, id desc);

create table workers (
  identity text primary key,
  beat_at timestamptz not null
);

-- The ledger ---------------------------------------------------------------------------------------

create table ledger_accounts (
  id bigint generated always as identity primary key,
  merchant_id text not null references merchants,
  name text not null check (name in ('channel_clearing', 'merchant_payable', 'payer_payable', 'paid_otherwise')),
  channel text not null, -- '' where the account is not kept per channel
  currency text not null,
  unique (merchant_id, name, channel, currency)
);

create table ledger_transactions (
  id text primary key,
  payment_id text not null references payments,
  reason text not null,
  subject text not null, -- the receipt or refund it is about
  at timestamptz not null,
  unique (payment_id, reason, subject)
);

create table ledger_entries (
  transaction_id text not null references ledger_transactions,
  account_id bigint not null references ledger_accounts,
  direction text not null check (direction in ('debit', 'credit')),
  amount bigint not null check (amount > 0),
  currency text not null,
  primary key (transaction_id, account_id, direction)
);
create index ledger_entries_account on ledger_entries (account_id);

create function refuse_unbalanced() returns trigger language plpgsql as $$
declare
  touched text := to_jsonb(new) ->> (case tg_table_name when 'ledger_transactions' then 'id' else 'transaction_id' end);
begin
  if not exists (select 1 from ledger_entries where transaction_id = touched) then
    raise exception 'ledger transaction % has no entries', touched using errcode = 'integrity_constraint_violation';
  end if;
  if exists (
    select 1 from ledger_entries where transaction_id = touched group by currency
    having sum(case direction when 'debit' then amount else -amount end) <> 0
  ) then
    raise exception 'ledger transaction % is not balanced', touched using errcode = 'integrity_constraint_violation';
  end if;
  if exists (
    select 1 from ledger_entries e join ledger_accounts a on a.id = e.account_id
    where e.transaction_id = touched and a.currency <> e.currency
  ) then
    raise exception 'ledger transaction % mixes currencies', touched using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;

create constraint trigger balanced after insert on ledger_entries
  deferrable initially deferred for each row execute function refuse_unbalanced();
create constraint trigger not_empty after insert on ledger_transactions
  deferrable initially deferred for each row execute function refuse_unbalanced();

create trigger append_only before update or delete on ledger_entries for each row execute function refuse_change();
create trigger never_truncated before truncate on ledger_entries execute function refuse_change();
create trigger append_only before update or delete on ledger_transactions for each row execute function refuse_change();
create trigger never_truncated before truncate on ledger_transactions execute function refuse_change();
create trigger append_only before update or delete on ledger_accounts for each row execute function refuse_change();
create trigger never_truncated before truncate on ledger_accounts execute function refuse_change();

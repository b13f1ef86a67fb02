-- Up Migration

-- What payers contest at their bank or at the channel (decision 0037): one row per number of the channel, as its newest word says.
create table disputes (
  id text primary key,
  payment_id text not null references payments,
  attempt_id text not null references attempts,
  channel_reference text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  status text not null check (status in ('opened', 'under_review', 'won', 'lost')),
  channel_status text not null,
  stage text not null check (stage in ('inquiry', 'chargeback', 'arbitration')),
  reason text not null,
  channel_reason text,
  due_by text, -- RFC 3339, as the channel said it
  amount_withdrawn bigint not null,
  amount_lost bigint not null,
  movements integer not null,
  heard jsonb not null, -- {words, status, money}: the ordinal of the newest notice that said each
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (attempt_id, channel_reference),
  constraint disputes_booked check (0 <= amount_lost and amount_lost <= amount_withdrawn)
);
create index disputes_payment on disputes (payment_id);

-- A notice of a dispute may name only the channel's own number of what was paid. By hash: a channel may write any number, and one of
-- thousands of characters would fit in no tree.
create index attempts_channel_reference on attempts using hash (channel_reference) where channel_reference is not null;
create index attempts_receipt on attempts using hash ((receipts -> 0 ->> 'channel_reference')) where receipts <> '[]';

-- `disputed`: what channels have withdrawn for disputes, until it is decided who bears it.
alter table ledger_accounts
  drop constraint ledger_accounts_name_check,
  add constraint ledger_accounts_name_check check
    (name in ('channel_clearing', 'merchant_payable', 'payer_payable', 'paid_otherwise', 'wallet', 'wallet_clearing', 'disputed'));

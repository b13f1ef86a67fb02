-- Up Migration

-- What the channel `balance` was asked for: its own side, by our number there. Money stands in the ledger; the row carries the
-- lock, and what stops a second taking and a refund beyond what was taken.
create table wallet_orders (
  id text primary key,
  reference text not null unique references attempts,
  payment_id text not null references payments,
  wallet_id text not null references wallets,
  amount bigint not null check (amount > 0),
  status text not null default 'open' check (status in ('open', 'held', 'paid', 'closed')),
  captured bigint not null default 0,
  refunded bigint not null default 0,
  taken_at timestamptz,
  held_until timestamptz,
  created_at timestamptz not null default clock_now(),
  constraint wallet_orders_taken check (refunded >= 0 and refunded <= captured and captured <= amount)
);

-- `wallet_clearing`: what wallets have paid to payments, the other side of `channel_clearing` of `balance`.
alter table ledger_accounts
  drop constraint ledger_accounts_name_check,
  add constraint ledger_accounts_name_check check
    (name in ('channel_clearing', 'merchant_payable', 'payer_payable', 'paid_otherwise', 'wallet', 'wallet_clearing'));

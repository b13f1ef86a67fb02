-- Up Migration

-- What a merchant owes a customer, in one currency. The ledger says how it came about; the row is what spending locks and
-- what stops an overdraft. `held`: promised to somebody already, of the balance.
create table wallets (
  id text primary key,
  merchant_id text not null references merchants,
  livemode boolean not null,
  customer_id text not null references customers,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  balance bigint not null default 0,
  held bigint not null default 0,
  created_at timestamptz not null default clock_now(),
  updated_at timestamptz not null default clock_now(),
  unique (customer_id, currency),
  constraint wallets_no_overdraft check (held >= 0 and held <= balance)
);

-- Each wallet is an account of the ledger; '' where an account is no wallet's.
alter table ledger_accounts
  add column wallet_id text not null default '',
  drop constraint ledger_accounts_merchant_id_name_channel_currency_key,
  add unique (merchant_id, name, channel, currency, wallet_id),
  drop constraint ledger_accounts_name_check,
  add constraint ledger_accounts_name_check
    check (name in ('channel_clearing', 'merchant_payable', 'payer_payable', 'paid_otherwise', 'wallet')),
  add constraint ledger_accounts_wallet check ((name = 'wallet') = (wallet_id <> ''));
create index ledger_accounts_wallet on ledger_accounts (wallet_id);

-- A top-up is a payment whose money is the wallet's; its order number is the id of the top-up.
alter table payments add column wallet_id text references wallets;
create unique index payments_top_up on payments (order_no) where wallet_id is not null;
create index payments_wallet on payments (wallet_id) where wallet_id is not null;

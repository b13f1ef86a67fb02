-- Up Migration

-- What went out of a wallet, back to where it came from: each is some refunds of the wallet's top-ups, and stands as they do.
create table withdrawals (
  id text primary key,
  wallet_id text not null references wallets,
  amount bigint not null check (amount > 0),
  created_at timestamptz not null default clock_now()
);
create index withdrawals_wallet on withdrawals (wallet_id);

create table withdrawal_refunds (
  refund_id text primary key references refunds,
  withdrawal_id text not null references withdrawals
);
create index withdrawal_refunds_withdrawal on withdrawal_refunds (withdrawal_id);

-- Up Migration

-- Money that whoever has the code may put into his wallet, once (decision 0038). Of a code only its hash is kept: it has 80 bits of
-- chance, which no number of hashes tries through.
create table gift_codes (
  id text primary key,
  merchant_id text not null references merchants,
  livemode boolean not null,
  hash text not null unique, -- sha256 of its 16 characters
  last4 text not null,
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  description text,
  cause text not null, -- of the key that it was made under
  expires_at timestamptz,
  redeemed_by text references wallets,
  canceled_at timestamptz,
  created_at timestamptz not null default clock_now(),
  constraint gift_codes_one_end check (redeemed_by is null or canceled_at is null)
);
create index gift_codes_newest on gift_codes (merchant_id, created_at desc, id desc);
create index gift_codes_cause on gift_codes (cause);

-- How many codes in a row a customer brought that nobody knows.
create table gift_code_tries (
  customer_id text primary key references customers,
  unknown integer not null default 1,
  locked_until timestamptz
);

-- A gift is no payment's: its subject is the code. `not valid`: what is there is right, and nobody waits for a look at all of it.
alter table ledger_transactions
  alter column payment_id drop not null,
  add constraint ledger_transactions_payment check ((payment_id is null) = (reason = 'gift_redeemed')) not valid;
create unique index ledger_transactions_gift on ledger_transactions (subject) where reason = 'gift_redeemed';

-- Up Migration

-- What a customer confirms a payment out of his wallets by: salted and hashed, as is the code by which a forgotten one is replaced.
create table wallet_pins (
  customer_id text primary key references customers,
  pin text not null,
  wrong_tries integer not null default 0,
  locked_until timestamptz,
  reset_code text,
  reset_until timestamptz,
  reset_tries integer not null default 0,
  updated_at timestamptz not null default clock_now()
);

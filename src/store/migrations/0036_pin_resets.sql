-- Up Migration

-- The code that a reset of a wallet PIN answered under its Idempotency-Key, for whoever sends it again (decision 0038): what it is worth
-- stands in wallet_pins alone.
create table pin_resets (
  cause text primary key, -- of the key
  customer_id text not null references customers,
  sealed bytea not null,
  key_id text not null, -- of the master key that opens it
  expires_at timestamptz not null
);

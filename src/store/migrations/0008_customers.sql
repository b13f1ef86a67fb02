-- Up Migration

-- Whom a merchant knows. What names the person is sealed (decision 0027) and is destroyed when he is removed: the row stays,
-- so that payments go on naming a customer whom nobody can read any more.
create table customers (
  id text primary key,
  merchant_id text not null references merchants,
  app_id text not null references apps,
  livemode boolean not null,
  reference text, -- the merchant's own number of the customer
  sealed bytea, -- {name, email, metadata}; null once removed
  key_id text, -- of the master key that opens it
  cause text, -- of the idempotency key that made it, if there was one
  created_at timestamptz not null default clock_now(),
  updated_at timestamptz not null default clock_now(),
  removed_at timestamptz,
  constraint customers_kept check ((removed_at is null) = (sealed is not null) and (sealed is null) = (key_id is null))
);
create index customers_newest on customers (merchant_id, created_at desc, id desc);
create index customers_reference on customers (merchant_id, reference);

-- The list of payments is narrowed by customer.
create index payments_customer on payments ((customer ->> 'id')) where customer ->> 'id' is not null;

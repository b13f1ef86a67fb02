-- Up Migration

-- A method that a customer keeps for later payments, to which he has agreed (decision 0034). What the channel knows it by is
-- sealed; a removed one stays without that, as the witness of what was agreed to and when it was withdrawn.
create table payment_methods (
  id text primary key,
  merchant_id text not null references merchants,
  app_id text not null references apps,
  livemode boolean not null,
  customer_id text not null references customers,
  type text not null,
  channel text not null,
  channel_account text not null,
  status text not null check (status in ('pending', 'active', 'failed', 'removed')),
  consent jsonb not null, -- {text, ip, given_at}
  card jsonb, -- {brand, last4, exp_month, exp_year}, where the channel tells
  sealed bytea, -- what the channel knows it by; null before that is known and after the channel has forgotten it
  key_id text, -- of the master key that opens it
  attend_at timestamptz, -- when the channel is to be asked to keep or to forget it; null at rest
  created_at timestamptz not null default clock_now(),
  updated_at timestamptz not null default clock_now(),
  removed_at timestamptz, -- the consent was withdrawn
  constraint payment_methods_kept check ((sealed is null) = (key_id is null) and (status = 'removed') = (removed_at is not null))
);
create index payment_methods_newest on payment_methods (customer_id, created_at desc, id desc);
create index payment_methods_due on payment_methods (attend_at) where attend_at is not null;

-- The saved method that an attempt pays with or is to become.
alter table attempts
  add column payment_method text,
  add column usage text not null default 'once' check (usage in ('once', 'save', 'on_session', 'off_session'));
create index attempts_payment_method on attempts (payment_method) where payment_method is not null;

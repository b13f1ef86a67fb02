-- Up Migration

-- What limits over time have counted: one row per app, rule, limit, subject and window, which everybody who counts locks for a moment.
create table limit_counters (
  app_id text not null references apps,
  livemode boolean not null,
  rule text not null,
  measure text not null, -- max_per_day, max_per_month, count_per_day, count_per_month
  subject text not null, -- the customer or the method that it counts, and of money the currency
  starts_on date not null, -- of the day or the month, in the rule's zone
  used bigint not null,
  primary key (app_id, livemode, rule, measure, subject, starts_on)
);

-- What a payment is counted for. Let go when it ends canceled or failed, and taken again by late money that is accepted.
create table limit_claims (
  payment_id text not null references payments deferrable initially deferred,
  app_id text not null,
  livemode boolean not null,
  rule text not null,
  measure text not null,
  subject text not null,
  starts_on date not null,
  amount bigint not null, -- of money minor units, of payments 1
  is_held boolean not null default true,
  primary key (payment_id, rule, measure, subject)
);

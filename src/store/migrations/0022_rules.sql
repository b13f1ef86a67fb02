-- Up Migration

-- The rules of an app, a document per version. A version never changes: payments name it (decision 0041).
create table rule_sets (
  id text primary key,
  app_id text not null references apps,
  livemode boolean not null,
  version integer not null check (version > 0),
  rules jsonb not null, -- {limits, methods, routes}
  description text,
  effective_at timestamptz not null,
  created_at timestamptz not null default clock_now(),
  unique (app_id, livemode, version)
);
create index rule_sets_newest on rule_sets (app_id, created_at desc, id desc);

-- Why an attempt goes to its channel account: {rules_version, rule, reason}; null of attempts from before there were rules.
alter table attempts add column routing jsonb;

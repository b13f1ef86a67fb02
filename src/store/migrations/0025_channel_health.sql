-- Up Migration

-- What was counted of each channel account in the 5 s from `at` on, by all processes together (decision 0046). Each adds to it
-- once a second, nobody once a call; what is older than two minutes is deleted.
create table channel_tallies (
  channel_account text not null,
  counted text not null, -- a verb of ours, or 'callback'
  at timestamptz not null,
  answered integer not null,
  declined integer not null,
  unknown integer not null,
  refused integer not null,
  never_sent integer not null,
  times integer[] not null, -- how many took how long, by the steps of src/domain/health.ts
  time_ms bigint not null,
  primary key (channel_account, counted, at)
);
create index channel_tallies_at on channel_tallies (at);

-- Whether new attempts may begin at an account; without a row they may. Whoever changes it names the version that he saw.
create table channel_circuits (
  channel_account text primary key,
  state text not null check (state in ('closed', 'open', 'half_open')),
  since timestamptz not null,
  next_probe_at timestamptz,
  good integer not null,
  doubled integer not null,
  version integer not null,
  check ((next_probe_at is null) = (state = 'closed'))
);

-- Who had no new attempts begin at an account, and why; one at a time.
create table channel_pauses (
  channel_account text not null,
  paused_at timestamptz not null default clock_now(),
  paused_by text not null, -- 'operator', or the app whose key asked for it
  reason text,
  until timestamptz, -- it ends by itself then; null: it does not
  resumed_at timestamptz,
  resumed_by text,
  primary key (channel_account, paused_at)
);
create unique index channel_pauses_open on channel_pauses (channel_account) where resumed_at is null;

-- Up Migration

-- What a merchant has said against a dispute (decision 0052): the payer's bank is told once, so at most one of a dispute is or will be told.
create table dispute_answers (
  id text primary key,
  dispute_id text not null references disputes,
  status text not null check (status in ('processing', 'submitted', 'failed')),
  fields text[] not null, -- what is said, by name
  sealed bytea, -- the words themselves; null once they are submitted or never will be
  key_id text, -- of the master key that opens them
  key_number integer not null default 0, -- under so many keys the channel has stored a failure of its own
  detail text, -- why it has failed
  attend_at timestamptz, -- when the channel is to be told; null at rest
  created_at timestamptz not null default clock_now(),
  updated_at timestamptz not null default clock_now(),
  constraint dispute_answers_kept check (((status = 'processing') = (attend_at is not null)) and (status = 'processing') = (sealed is not null) and (sealed is null) = (key_id is null))
);
create unique index dispute_answers_once on dispute_answers (dispute_id) where status <> 'failed';
create index dispute_answers_due on dispute_answers (attend_at) where attend_at is not null;

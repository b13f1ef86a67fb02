-- Up Migration

-- What a payer's browser brought back (decision 0030): it takes his money, so it is sealed like a token.
create table returns (
  id text primary key, -- of its row in `callbacks`, which says that it came
  attempt_id text not null references attempts,
  token text not null,
  created_at timestamptz not null default clock_now()
);

-- Files in which a channel reported that nobody can ask, by their names at the channel.
create table reports (
  channel_account text not null,
  name text not null,
  published_at timestamptz not null default clock_now(),
  primary key (channel_account, name)
);

-- Up Migration

-- How a saved method came to be kept without a payment (decision 0043), beside its row in payment_methods: that one is 'pending' as long as
-- a step is left, so that a process of before sees in it a method that cannot be paid with.
create table setups (
  payment_method text primary key references payment_methods,
  step text check (step in ('create', 'confirm', 'query', 'close', 'keep')), -- the call that is next; null: it has ended
  handle text, -- the channel's own number
  key_number integer not null default 0, -- under so many keys the channel has stored a failure of its own
  token text, -- what the method came with, sealed for its app; null once the channel has answered for it
  next_action jsonb, -- as of an attempt
  failure jsonb,
  return_url text, -- where the payer's browser goes after a redirect
  moves integer not null default 0, -- whoever writes counts on: of two that were under way one has lost
  expires_at timestamptz not null, -- the payer's time
  attend_at timestamptz, -- when the channel is to be called; null at rest
  constraint setups_at_rest check ((step is null) = (attend_at is null) and (step is not null or token is null))
);
create index setups_due on setups (attend_at) where attend_at is not null;

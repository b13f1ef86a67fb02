-- Up Migration

-- A version's settings are sealed (decision 0027). Rows of before stay in plain form until `npm run secrets -- rotate`,
-- and are all that a process of the version before can read.
alter table channel_accounts
  alter column settings drop not null,
  add column sealed bytea, -- nonce, ciphertext, tag
  add column key_id text, -- of the master key that opens it
  add column methods text[], -- null: all that the channel has
  add column currencies text[], -- null: all that the methods take
  add column retired_at timestamptz, -- its keys are believed no more, and call no more
  add constraint channel_accounts_kept check ((settings is null) <> (sealed is null)),
  add constraint channel_accounts_key check ((key_id is null) = (sealed is null));

-- Every create looks for the accounts that its merchant may use.
create index channel_accounts_of on channel_accounts (merchant_id, livemode);

-- Up Migration

-- The channels' bills of a day, each to be looked at until it was read and nothing on it is unheard of (decision 0042).
create table bills (
  channel_account text not null,
  day date not null, -- of the channel's own zone
  looks integer not null default 0,
  look_at timestamptz, -- when the next one is due; null at rest
  outcome text, -- of the last look: bill, no_bill, not_ready, refused, never_sent, unknown
  detail text, -- why it was no bill
  findings jsonb, -- of a bill: how many rows are known, unheard, differs, foreign, beside
  looked_at timestamptz,
  primary key (channel_account, day)
);
create index bills_due on bills (look_at) where look_at is not null;

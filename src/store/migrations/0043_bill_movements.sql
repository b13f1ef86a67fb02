-- Up Migration

-- By which number of the channel's its bills tell a capture or a refund of ours: what stands there under another number was carried
-- out twice, on whatever day (decision 0051).
create table bill_movements (
  channel_account text not null,
  reference text not null, -- ours under which it stands, att_… or ref_…
  movement_reference text not null, -- the channel's, of this movement alone
  subject text not null unique, -- what of ours it is, cap_… or ref_…
  told_at timestamptz not null default clock_now(),
  primary key (channel_account, reference, movement_reference)
);

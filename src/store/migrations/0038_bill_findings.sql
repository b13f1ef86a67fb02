-- Up Migration

-- What a bill says under our numbers and we do not have the same: work for a person, once nobody looks at that bill any more (decision 0042).
create table bill_findings (
  id text primary key,
  channel_account text not null,
  day date not null, -- of the bill, by the channel's own zone
  finding text not null, -- unheard, differs, foreign
  row jsonb not null, -- as the bill has it
  payment_id text, -- ours, where the number is
  found_at timestamptz not null default clock_now(),
  settled_at timestamptz, -- known since, or a person has seen to it
  settled_reason text
);
create unique index bill_findings_row on bill_findings (channel_account, day, md5(row::text));
create index bill_findings_open on bill_findings (id) where settled_at is null;

-- Up Migration

-- What the app's rules said of a refund (decision 0047): the version that judged it, and whether a person must approve it
-- before it is sent. Null of refunds that no rule was about.
alter table refunds
  add column rules_version integer,
  add column approval text check (approval in ('awaited', 'given', 'denied'));

alter table cases drop constraint cases_kind_check;
alter table cases add constraint cases_kind_check
  check (kind in ('late_money', 'conflict', 'outcome_unknown', 'refund_undeliverable', 'refund_approval'));

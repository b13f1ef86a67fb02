-- Up Migration

-- Cards: an order that is confirmed, holds, captures, a switch of method.
alter table payments add column next jsonb; -- {method, token, route}: begun when the earlier attempt is closed

alter table attempts
  add column handle text,
  add column confirmed text not null default 'no' check (confirmed in ('no', 'maybe', 'yes')),
  add column token text,
  add column held bigint not null default 0,
  add column capture_before timestamptz;

create table captures (
  id text primary key,
  payment_id text not null references payments,
  attempt_id text not null references attempts,
  amount bigint not null check (amount > 0),
  is_final boolean not null,
  status text not null check (status in ('processing', 'succeeded', 'failed')),
  executed text not null check (executed in ('no', 'maybe', 'yes')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index captures_payment on captures (payment_id);
-- One at a time: the channel's total then says which were executed.
create unique index captures_one_running on captures (attempt_id) where status = 'processing';

alter table operations
  add column capture_id text references captures,
  drop constraint operations_verb_check,
  add constraint operations_verb_check
    check (verb in ('create', 'confirm', 'query', 'close', 'capture', 'void', 'refund', 'query_refund')),
  drop constraint operations_ended_check,
  add constraint operations_ended_check
    check (ended in ('answered', 'never_sent', 'unknown', 'stored', 'superseded'));
drop index operations_one_mutating;
create unique index operations_one_mutating on operations (attempt_id)
  where ended is null and verb in ('create', 'confirm', 'close', 'capture', 'void');

-- What a confirm asks for: a token travels through no workflow's history, so the command carries this row's cause.
create table method_requests (
  cause text primary key,
  payment_id text not null references payments,
  choice jsonb not null,
  created_at timestamptz not null default clock_now()
);

create index refunds_newest on refunds (created_at desc, id desc);
create index cases_newest on cases (created_at desc, id desc);

-- Up Migration

-- Second release of decision 0061: postings go to accounts by mode, and what the shared accounts have moves there.
-- A move is no payment's. Its id is that of the last posting it moves, under `ltm_`: so none is moved twice.
alter table ledger_transactions
  drop constraint ledger_transactions_payment,
  add constraint ledger_transactions_payment check ((payment_id is null) = (reason in ('gift_redeemed', 'moved_to_mode'))) not valid;

-- The mode of what is posted: its payment's, or its gift code's. Null for a move.
create function mode_of(t ledger_transactions) returns boolean language sql stable as $$
  select coalesce((select livemode from payments where id = t.payment_id), (select livemode from gift_codes where id = t.subject))
$$;

create view ledger_shared_entries as
  select e.transaction_id, a.id as account_id, a.merchant_id, a.name, a.channel, a.currency, mode_of(t) as livemode,
    case e.direction when 'debit' then e.amount else -e.amount end as amount
  from ledger_transactions t
  join ledger_entries e on e.transaction_id = t.id
  join ledger_accounts a on a.id = e.account_id
  where a.livemode is null and a.wallet_id = '' and t.reason <> 'moved_to_mode';

create function move_of(posting text) returns text language sql immutable as $$ select 'ltm_' || substr(posting, 5) $$;

-- One posting for all of them: what they booked in shared accounts is taken off those, and is in the accounts of its mode.
create function move_to_modes(postings text[]) returns void language plpgsql as $$
declare
  last constant text := (select max(posting) from unnest(postings) posting);
begin
  insert into ledger_accounts (merchant_id, name, channel, currency, livemode)
  select distinct s.merchant_id, s.name, s.channel, s.currency, s.livemode from ledger_shared_entries s
  where s.transaction_id = any (postings) and not exists (
    select 1 from ledger_accounts a where (a.merchant_id, a.name, a.channel, a.currency, a.wallet_id, a.livemode)
      = (s.merchant_id, s.name, s.channel, s.currency, '', s.livemode))
  order by 1, 2, 3, 4, 5 -- as every posting does
  on conflict do nothing;

  with balances as (
    select s.account_id, s.merchant_id, s.name, s.channel, s.currency, s.livemode, sum(s.amount)::bigint as amount
    from ledger_shared_entries s where s.transaction_id = any (postings) group by 1, 2, 3, 4, 5, 6
  ), sides as (
    select a.id as account_id, b.currency, b.amount from balances b join ledger_accounts a
      on (a.merchant_id, a.name, a.channel, a.currency, a.wallet_id, a.livemode) = (b.merchant_id, b.name, b.channel, b.currency, '', b.livemode)
    union all
    select account_id, currency, -sum(amount)::bigint from balances group by 1, 2
  ), entries as (
    insert into ledger_entries (transaction_id, account_id, direction, amount, currency)
    select move_of(last), account_id, case when amount > 0 then 'debit' else 'credit' end, abs(amount), currency
    from sides where amount <> 0
    returning 1
  )
  insert into ledger_transactions (id, payment_id, reason, subject, at)
  select move_of(last), null, 'moved_to_mode', last, clock_now() where exists (select 1 from entries);
end $$;

-- A process of the release before knows the shared accounts alone: what it books there is moved in the same transaction.
-- One of before that finds the accounts of both modes and writes an entry into each: that is refused, and so is the other mode's.
create function keep_modes_apart() returns trigger language plpgsql as $$
declare
  mode constant boolean := mode_of(new);
  accounts record;
begin
  select bool_or(a.livemode is distinct from mode) as are_wrong, bool_or(a.livemode is not null) as are_by_mode into accounts
  from ledger_entries e join ledger_accounts a on a.id = e.account_id
  where e.transaction_id = new.id and a.wallet_id = '';
  if accounts.are_wrong and accounts.are_by_mode then
    raise exception 'ledger transaction % is in accounts of another mode than its own', new.id using errcode = 'integrity_constraint_violation';
  end if;
  if accounts.are_wrong then
    perform move_to_modes(array[new.id]);
  end if;
  return null;
end $$;
create constraint trigger modes_apart after insert on ledger_transactions
  deferrable initially deferred for each row when (new.reason <> 'moved_to_mode') execute function keep_modes_apart();

-- How far the move of what was booked before has come, in the order of ids: `npm run migrate` goes on from here, batch by batch.
create table ledger_moves as
  select ''::text as moved_to, coalesce(max(id), '') as up_to from ledger_transactions;

-- Moves the next ones, and answers whether there were any.
create function move_next_to_modes(postings_max integer) returns boolean language plpgsql as $$
declare
  progress ledger_moves;
  next text[];
begin
  select * into progress from ledger_moves for update;
  next := array(
    select id from ledger_transactions where id > progress.moved_to and id <= progress.up_to order by id limit postings_max);
  if next = '{}' then
    return false;
  end if;
  perform move_to_modes(array(
    select posting from unnest(next) posting
    where not exists (select 1 from ledger_transactions t where t.id = move_of(posting))));
  update ledger_moves set moved_to = next[array_upper(next, 1)];
  return true;
end $$;

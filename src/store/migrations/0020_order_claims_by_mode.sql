-- Up Migration

-- An order that a test key paid does not refuse the live one of the same number.
alter table order_claims add column livemode boolean;
update order_claims c set livemode = p.livemode from payments p where p.id = c.payment_id;
alter table order_claims
  drop constraint order_claims_pkey,
  add constraint order_claims_once unique nulls not distinct (app_id, order_no, livemode);

-- A process of the version before names no mode, and knows one claim for both: it gets none beside any other, and its own is
-- of its payment's mode from the commit on, when the payment is there. Two that meet before that fail one of their commits.
create function claim_of_either_mode() returns trigger language plpgsql as $$
begin
  if exists (select 1 from order_claims c where (c.app_id, c.order_no) = (new.app_id, new.order_no)) then
    return null;
  end if;
  return new;
end $$;
create trigger claim_of_either_mode before insert on order_claims
  for each row when (new.livemode is null) execute function claim_of_either_mode();

create function claim_by_mode() returns trigger language plpgsql as $$
begin
  update order_claims c set livemode = p.livemode from payments p
  where (c.app_id, c.order_no, c.payment_id) = (new.app_id, new.order_no, new.payment_id) and c.livemode is null and p.id = c.payment_id;
  return null;
end $$;
create constraint trigger claim_by_mode after insert on order_claims deferrable initially deferred
  for each row when (new.livemode is null) execute function claim_by_mode();

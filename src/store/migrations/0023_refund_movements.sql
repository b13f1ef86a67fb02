-- Up Migration

-- A refund may be delivered, bounce and be delivered again: its postings are numbered as those of a dispute are. Those of
-- before had the refund's id alone as their subject, each reason once; the next one takes the number after them.
alter table refunds add column movements integer not null default 0;
update refunds r set movements = booked.movements
  from (
    select payment_id, subject, count(*) as movements from ledger_transactions
    where reason like 'refund%' or reason like 'return%' group by payment_id, subject
  ) booked
  where booked.payment_id = r.payment_id and booked.subject = r.id;

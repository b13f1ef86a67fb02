-- Up Migration

-- Why a capture failed; and the refund that could not be delivered, of which this one is the second try.
alter table captures add column failure jsonb;
alter table refunds add column retry_of text references refunds;

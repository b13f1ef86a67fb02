-- Up Migration

-- What we have as one payment a channel may settle in parts, on several days (decision 0051): then `subject` is the channel's number of
-- the payment, and several movements tell it.
alter table bill_movements
  add column amount bigint, -- of a part; null: all of a capture or refund
  drop constraint bill_movements_subject_key;
create unique index bill_movements_subject on bill_movements (subject) where amount is null;

-- Up Migration

-- What a command asks for and Temporal is not told: a payer's choice, and now also what a person writes. A row for each
-- body that came under a cause: until one of them is recorded, the key is nobody's.
alter table method_requests rename to command_requests;
alter table command_requests
  alter column choice drop not null,
  add column words text,
  add column fingerprint text not null default '', -- of the key's body; '' without a key
  drop constraint method_requests_pkey,
  add primary key (cause, fingerprint);

-- For processes of the version before, which know a confirm's choice alone.
create view method_requests as select cause, payment_id, choice from command_requests;

-- Up Migration

-- `word`: a query that also takes "nothing happened so far", after which the same call may be sent again under its key.
alter table operations
  drop constraint operations_awaits_check,
  add constraint operations_awaits_check check (awaits in ('word', 'answer', 'change'));

-- Up Migration

-- What is held can be raised (decision 0036): [{id, amount, previous_amount, status, executed, failure, created_at, updated_at}].
alter table attempts add column increments jsonb not null default '[]';

alter table operations
  drop constraint operations_verb_check,
  add constraint operations_verb_check
    check (verb in ('create', 'confirm', 'query', 'close', 'capture', 'increment', 'void', 'refund', 'query_refund'));
drop index operations_one_mutating;
create unique index operations_one_mutating on operations (attempt_id)
  where ended is null and verb in ('create', 'confirm', 'close', 'capture', 'increment', 'void');

-- Up Migration

-- What the payer came back with, by its number (decision 0030). Processes of the version before neither read nor write it.
alter table attempts add column returns jsonb not null default '[]';

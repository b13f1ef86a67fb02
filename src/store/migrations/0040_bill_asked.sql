-- Up Migration

-- How often what a bill has and nobody here has heard of was asked about: a bill that came late is looked at again as often as another.
alter table bills add column asked integer not null default 0;

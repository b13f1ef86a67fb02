-- Up Migration

-- Windows of limits are deleted when they have ended long ago: by the day that they began on.
create index limit_counters_begun on limit_counters (starts_on);
create index limit_claims_begun on limit_claims (starts_on);

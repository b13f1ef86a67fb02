-- Up Migration

-- What a channel is expected to take of a payment: [{when, rate_ppm, fixed, min, max}], the first that fits counts; null:
-- not known. Of each version of the account, as all of it is (decision 0049).
alter table channel_accounts add column fees jsonb;

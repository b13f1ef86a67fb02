-- Up Migration

-- Where a payment goes on by itself when the attempt is dead: [{channel, channel_account, account_version, routing}], in this
-- order; null where it stays, and of attempts from before there were backups (decision 0045).
alter table attempts add column backups jsonb;

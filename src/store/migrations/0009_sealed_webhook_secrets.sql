-- Up Migration

-- Webhook secrets are sealed (decision 0035). Rows of before stay in plain form until `npm run secrets -- rotate`. The
-- version before goes on drawing plain ones; it cannot sign with one that is sealed, and its try is made again.
alter table webhook_endpoints
  alter column secret drop not null,
  add column sealed bytea, -- nonce, ciphertext, tag
  add column key_id text, -- of the master key that opens it
  add constraint webhook_endpoints_kept check ((secret is null) <> (sealed is null)),
  add constraint webhook_endpoints_key check ((key_id is null) = (sealed is null));

alter table apps
  alter column webhook_secret drop not null,
  add column webhook_sealed bytea,
  add column webhook_key_id text,
  add constraint apps_webhook_kept check ((webhook_secret is null) <> (webhook_sealed is null)),
  add constraint apps_webhook_key check ((webhook_key_id is null) = (webhook_sealed is null));

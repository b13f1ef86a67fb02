-- Up Migration

-- Test money and live money are to have accounts of their own (decision 0061). Null: the account that both share, which is all there is in this release;
-- the next one makes accounts by mode beside processes of this one, who still find the shared account alone. A wallet is of one mode already.
alter table ledger_accounts
  add column livemode boolean,
  drop constraint ledger_accounts_merchant_id_name_channel_currency_wallet_id_key,
  add constraint ledger_accounts_once unique nulls not distinct (merchant_id, name, channel, currency, wallet_id, livemode),
  add constraint ledger_accounts_mode check (livemode is null or wallet_id = '');

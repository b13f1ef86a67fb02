-- Up Migration

-- With which of its methods a payment is counted for a limit, so that those it is not paid with are given back. Claims of before name none: they are held while the payment is open or paid.
alter table limit_claims
  add column methods text[] not null default '{}',
  add column confirmations text[] not null default '{}'; -- causes of those that count on it and are not recorded yet

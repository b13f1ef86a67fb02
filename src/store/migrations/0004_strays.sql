-- Up Migration

-- For a query: the channel's number of an order that bears the attempt's reference and is not the attempt's own.
alter table operations add column stray text;

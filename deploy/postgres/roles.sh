#!/bin/sh
# Run once by the postgres image over an empty data folder. Two owners, so that neither reads the other's books.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set holdfast="$HOLDFAST_DB_PASSWORD" --set temporal="$TEMPORAL_DB_PASSWORD" <<'SQL'
create role holdfast login password :'holdfast';
create database holdfast owner holdfast;
revoke connect on database holdfast from public;
create role temporal login createdb password :'temporal';
SQL

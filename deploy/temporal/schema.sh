#!/bin/sh
# One shot, safe to repeat: Temporal's two databases, at the schema of this version of the admin tools.
set -eu

tool() {
  name=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$name" "$@"
}

bring() {
  versions=/etc/temporal/schema/postgresql/v12/$2/versioned
  tool "$1" create
  if complaint=$(tool "$1" update-schema -d "$versions" 2>&1); then return; fi
  case $complaint in
    # An empty database. Only this one is set up: over another, `setup-schema` would write its version back to 0.
    *schema_version*"does not exist"*) tool "$1" setup-schema -v 0.0 && tool "$1" update-schema -d "$versions" ;;
    *) echo "$complaint" >&2 && exit 1 ;;
  esac
}

bring temporal temporal
bring temporal_visibility visibility

#!/bin/sh
# One shot, safe to repeat: the namespace, 30 days of closed runs, and the search attributes of
# src/workflows/search.ts. A start with an attribute that is not registered is refused by Temporal.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}

if temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$namespace" --retention 720h
else
  temporal operator namespace create --namespace "$namespace" --retention 720h
fi

# The server knows a new namespace only when its cache is read again, some seconds later.
tries=0
until temporal operator search-attribute list --namespace "$namespace" >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { echo "namespace $namespace is not known after 60 s" >&2; exit 1; }
  sleep 1
done

register() {
  type=$1
  shift
  for name in "$@"; do
    temporal operator search-attribute create --namespace "$namespace" --name "$name" --type "$type"
  done
}
register Keyword MerchantId AppId OrderNo PaymentStatus PaymentOutcome Channel Currency NeedsAttention
register Int AmountMinor

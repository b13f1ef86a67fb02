/**
 * The value as PostgreSQL keeps it: text and `jsonb` take no NUL and no half of a surrogate pair. A channel that
 * writes one would have its callback come for days, and its answer recorded never.
 */
export function storable<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? inner.replaceAll(/[\0\p{Cs}]/gu, '\uFFFD') : inner,
  ) as Value;
}

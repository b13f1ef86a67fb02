import type { Db } from './store.ts';

/** Which page of a list is wanted; at most one of the cursors. */
export interface PageRequest {
  readonly limit: number;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

/** One page, newest first; `unknown_cursor` when the caller has no object with the cursor's id. */
export type Page<T> =
  | { readonly kind: 'page'; readonly data: readonly T[]; readonly has_more: boolean }
  | { readonly kind: 'unknown_cursor' };

/** SQL with a `?` for each of its values; does not apply when one is undefined. */
export type Condition = readonly [sql: string, ...values: unknown[]];

/**
 * A list over `t`, which has `id` and `created_at`: what the caller may see, and what of it is wanted.
 * A cursor is looked up in the scope alone: it stays good when its object has left the filter.
 */
export interface Listing {
  readonly from: string;
  readonly scope: readonly Condition[];
  readonly filters: readonly Condition[];
}

/**
 * The ids of one page. The order is by creation, which never changes, so every object that existed when the
 * first page was read comes exactly once.
 */
export async function readPage(
  db: Db,
  { from, scope, filters }: Listing,
  asked: PageRequest,
): Promise<Page<string>> {
  const cursor = asked.starting_after ?? asked.ending_before;
  const isBackward = asked.ending_before !== undefined;
  let position: Condition[] = [];
  if (cursor !== undefined) {
    const own = where([...scope, ['t.id = ?', cursor]]);
    const found = await db.query<{ at: string }>(
      `select t.created_at::text as at from ${from} where ${own.sql}`,
      own.values,
    );
    const at = found.rows[0]?.at;
    if (at === undefined) return { kind: 'unknown_cursor' };
    const beyond = isBackward ? '>' : '<';
    position = [[`(t.created_at, t.id) ${beyond} (?::timestamptz, ?)`, at, cursor]];
  }
  const wanted = where([...scope, ...filters, ...position]);
  const order = isBackward ? 'asc' : 'desc';
  const read = await db.query<{ id: string }>(
    `select t.id from ${from} where ${wanted.sql} order by t.created_at ${order}, t.id ${order} limit ${asked.limit + 1}`,
    wanted.values,
  );
  const ids = read.rows.slice(0, asked.limit).map((row) => row.id);
  const has_more = read.rows.length > asked.limit;
  return { kind: 'page', data: isBackward ? ids.toReversed() : ids, has_more };
}

function where(conditions: readonly Condition[]): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = conditions
    .filter(([, ...given]) => !given.includes(undefined))
    .map(([sql, ...given]) => {
      const numbers = given.map((value) => `$${values.push(value)}`).values();
      return sql.replaceAll('?', () => String(numbers.next().value));
    });
  return { sql: parts.join(' and ') || 'true', values };
}

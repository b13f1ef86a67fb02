import type pg from 'pg';

/** With which versions of its channel account these payments were tried, the oldest first. */
export async function versionsOf(
  database: pg.Client,
  payments: readonly { readonly id: string }[],
): Promise<number[]> {
  const found = await database.query<{ version: number }>(
    'select distinct account_version as version from attempts where payment_id = any($1) order by 1',
    [payments.map(({ id }) => id)],
  );
  return found.rows.map(({ version }) => version);
}

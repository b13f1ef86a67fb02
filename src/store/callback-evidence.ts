import type { Fact } from '../domain/fact.ts';
import type { Db } from './store.ts';

type Evidence = Extract<Fact, { kind: 'evidence' }>;

/** What we read in a verified callback when it came; null when the row is unknown or another payment's. */
export async function evidenceOf(
  db: Db,
  paymentId: string,
  callbackId: string,
): Promise<Fact | null> {
  const found = await db.query<{ evidence: Omit<Evidence, 'kind'> | null }>(
    'select evidence from callbacks where id = $1 and payment_id = $2',
    [callbackId, paymentId],
  );
  const evidence = found.rows[0]?.evidence;
  return evidence ? ({ kind: 'evidence', ...evidence } as Evidence) : null;
}

/** The callback was folded (or said nothing new): nobody needs to relay it any more. */
export async function consumeCallback(db: Db, callbackId: string): Promise<void> {
  await db.query('update callbacks set consumed_at = clock_now(), relay_at = null where id = $1', [
    callbackId,
  ]);
}

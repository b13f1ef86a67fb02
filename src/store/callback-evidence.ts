import type { Fact } from '../domain/fact.ts';
import { type Db, prepared } from './store.ts';

type Evidence = Extract<Fact, { kind: 'evidence' }>;

/** What we read in the callback $3 when it came, beside its payment `p`; null when it is unknown or another payment's. */
export const evidenceOfCallback =
  '(select c.evidence from callbacks c where c.id = $3 and c.payment_id = p.id) as evidence';

/** The fact that a stored callback is. */
export function evidenceFact(evidence: Omit<Evidence, 'kind'>): Evidence {
  return { kind: 'evidence', ...evidence } as Evidence;
}

/** The callback of a transition, `doc.callback`, was folded: nobody needs to relay it any more. */
export const consumed = `
  update callbacks c set consumed_at = clock_now(), relay_at = null from doc where c.id = d ->> 'callback'`;

const consume = prepared('consume', `with doc as (select $1::jsonb as d) ${consumed}`);

/** The callback said nothing new: nobody needs to relay it any more either. */
export async function consumeCallback(db: Db, callback: string): Promise<void> {
  await db.query(consume(JSON.stringify({ callback })));
}

import { createHash } from 'node:crypto';

import { formatId, type Id } from '../domain/id.ts';
import type { Caller } from './api-key.ts';
import { insertCallback } from './callback.ts';
import { sealToken } from './sealed-token.ts';
import { prepared, type Store } from './store.ts';

/** An attempt whose payer came back, and where his browser goes from here. */
export interface ReturnedAttempt {
  readonly id: string;
  readonly payment_id: string;
  readonly app_id: Caller['app_id'];
  readonly livemode: boolean;
  readonly return_url: string | null;
  /** Was he sent elsewhere, and is he waited for? */
  readonly is_awaited: boolean;
}

const find = prepared(
  'returned_attempt',
  `select a.id, a.payment_id, p.app_id, p.livemode, p.return_url, a.status in ('requires_action', 'planned') and a.next_action is not null as is_awaited
   from attempts a join payments p on p.id = a.payment_id where a.id = $1 and a.channel = $2 and a.channel_account = $3`,
);

/** The attempt of this number at this account, or null. */
export async function findReturned(
  { pool }: Store,
  attempt: string,
  channel: string,
  account: string,
): Promise<ReturnedAttempt | null> {
  const found = await pool.query<ReturnedAttempt>(find(attempt, channel, account));
  return found.rows[0] ?? null;
}

/**
 * Anybody can make returns up. So many wait for the channel's word at once, more than a payer brings by mistake; what it
 * has refused stands in nobody's way, until there is more of it than any browser makes.
 */
const waitingMax = 20;
const keptMax = 1_000;

interface Kept {
  readonly kept: number;
  readonly waiting: number;
}

const insert = prepared(
  'payer_return',
  `insert into returns (id, attempt_id, token) values ($1, $2, $3)`,
);
const count = prepared(
  'payer_returns',
  `select count(*)::int as kept, count(*) filter (where not exists (select 1 from operations o
       where o.payment_id = $2 and o.channel_key = r.id and o.ended = 'answered'))::int as waiting
   from returns r where r.attempt_id = $1`,
);

/**
 * Keeps what a payer brought back, sealed, and that he came. The same again is the same: its number follows from what it is.
 * @returns the number of the callback; null where it is kept already, or where too much is
 */
export async function keepReturn(
  store: Store,
  attempt: ReturnedAttempt,
  place: { readonly channel: string; readonly channel_account: string },
  returned: string,
): Promise<Id<'cbk'> | null> {
  const id = numberOf(attempt.id, returned);
  return store.transaction(async (db) => {
    const { rows } = await db.query<Kept>(count(attempt.id, attempt.payment_id));
    const [{ kept, waiting } = { kept: 0, waiting: 0 }] = rows;
    if (waiting >= waitingMax || kept >= keptMax) return null;
    const stored = await insertCallback(db, rowOf(attempt, place, id), id);
    if (stored === null) return null;
    await db.query(insert(id, attempt.id, sealToken(store.keyring, returned, attempt)));
    return id;
  });
}

function rowOf(
  { id: reference, payment_id }: ReturnedAttempt,
  place: { readonly channel: string; readonly channel_account: string },
  id: Id<'cbk'>,
) {
  const evidence = { about: 'attempt', reference, answer: { kind: 'returned', id } } as const;
  const kept = {
    event: id,
    verdict: 'accepted',
    detail: 'the payer is back',
    body: '[sealed]',
  } as const;
  return { ...place, ...kept, payment_id, reference, evidence };
}

function numberOf(attempt: string, returned: string): Id<'cbk'> {
  const digest = createHash('sha256').update(`${attempt} ${returned}`).digest();
  return formatId('cbk', digest.subarray(0, 16));
}

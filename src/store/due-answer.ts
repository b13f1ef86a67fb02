import type { AnswerWords } from '../domain/dispute-answer.ts';
import { openWords, type SealedAnswer } from './dispute-answer.ts';
import { leaseOf, type OnUnopened, openEach } from './due-lease.ts';
import { prepared, type Store } from './store.ts';

/** An answer of which a channel is to be told. */
export interface DueAnswer {
  readonly id: string;
  readonly channel: string;
  readonly channel_account: string;
  /** The channel's own number of the dispute. */
  readonly dispute: string;
  readonly words: AnswerWords;
  readonly key_number: number;
  readonly age_ms: number;
}

const lease = prepared(
  'lease_answers',
  `with due as (
     update dispute_answers set attend_at = clock_now() + $1 * interval '1 millisecond' where id = any(array(
       select id from dispute_answers where attend_at < clock_now() order by attend_at limit 20 for update skip locked
     )) returning *
   )
   select e.id, e.sealed, e.key_id, e.key_number, a.channel, a.channel_account, d.channel_reference as dispute,
     extract(epoch from clock_now() - e.created_at)::float8 * 1000 as age_ms
   from due e join disputes d on d.id = e.dispute_id join attempts a on a.id = d.attempt_id`,
);

/**
 * Those that are due: nobody else tells them meanwhile.
 * @param onUnopened hears of those that no key opens, which are left out; default: nobody
 */
export async function leaseAnswers(
  store: Store,
  onUnopened: OnUnopened = () => undefined,
): Promise<DueAnswer[]> {
  const leased = await store.pool.query<Omit<DueAnswer, 'words'> & SealedAnswer>(
    lease(leaseOf(store)),
  );
  const open = ({ sealed, key_id, ...due }: (typeof leased.rows)[number]) => ({
    ...due,
    words: openWords(store.keyring, { id: due.id, sealed, key_id }),
  });
  return openEach(leased.rows, open, onUnopened);
}

/** It is told again then, under a further key where the channel has stored a failure under this one. */
export async function postponeAnswer(
  { pool }: Store,
  { id, key_number }: Pick<DueAnswer, 'id' | 'key_number'>,
  in_ms: number,
): Promise<void> {
  await pool.query(
    `update dispute_answers set attend_at = clock_now() + $2 * interval '1 millisecond', key_number = $3
     where id = $1 and status = 'processing'`,
    [id, Math.round(in_ms), key_number],
  );
}

/** The channel has taken it, or never will. The words are destroyed: they name the payer. */
export async function endAnswer(
  { pool }: Store,
  id: string,
  status: 'submitted' | 'failed',
  detail: string | null,
): Promise<void> {
  await pool.query(
    `with ended as (
       update dispute_answers set status = $2, detail = $3, sealed = null, key_id = null, attend_at = null, updated_at = clock_now()
       where id = $1 and status = 'processing' returning id
     ) select pg_notify('payment', id) from ended`,
    [id, status, detail],
  );
}

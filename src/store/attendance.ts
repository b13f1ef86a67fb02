import type { Store } from './store.ts';

/**
 * Leases payments that nobody has looked at in time, for 60 s. Not a transition: the run that is woken
 * finds out by itself what its payment owes. An array, so that the planner takes the due rows by their keys and
 * never joins them to the whole table.
 */
export async function leaseDue(store: Store): Promise<string[]> {
  const leased = await store.pool.query<{ id: string }>(
    `update payments set attend_at = clock_now() + interval '60 s' where id = any(array(
       select id from payments where attend_at < clock_now() order by attend_at limit 200 for update skip locked
     )) returning id`,
  );
  return leased.rows.map((row) => row.id);
}

/** Gives a lease back soon: the payment could not be woken. */
export async function returnLease(store: Store, paymentId: string): Promise<void> {
  await store.pool.query(
    `update payments set attend_at = clock_now() + interval '5 s' where id = $1`,
    [paymentId],
  );
}

export interface StoredCallback {
  readonly id: string;
  readonly payment_id: string;
}

/** Leases stored callbacks that no run has consumed: for 30 s, and longer the older they are, for one may have been set aside. */
export async function leaseCallbacks(store: Store): Promise<StoredCallback[]> {
  const leased = await store.pool.query<StoredCallback>(
    `update callbacks set relay_at = clock_now() + greatest(interval '30 s', (clock_now() - received_at) / 2) where id = any(array(
       select id from callbacks where relay_at < clock_now() order by relay_at limit 200 for update skip locked
     )) returning id, payment_id`,
  );
  return leased.rows;
}

/** Says that this worker lives; readiness asks for a beat of the last 10 s. */
export async function beat(store: Store, identity: string): Promise<void> {
  await store.pool.query(
    `insert into workers (identity, beat_at) values ($1, clock_timestamp())
     on conflict (identity) do update set beat_at = excluded.beat_at`,
    [identity],
  );
}

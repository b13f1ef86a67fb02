import { fold } from '../domain/fold.ts';
import { insertCallback, type NewCallback } from './callback.ts';
import { consumeCallback, evidenceFact } from './callback-evidence.ts';
import { drawId } from './id.ts';
import { lockPayment } from './payment-lock.ts';
import { commitWith, type Db, isAway, type Store } from './store.ts';

/** A callback that was stored; `news` when its payment's actor must be told. Null: the same one is there already. */
export type Reception = { readonly id: string; readonly news: boolean } | null;

/**
 * Stores a callback about a payment at rest and folds it at once, under the row's lock: one that changes nothing
 * is consumed in the same transaction, and no run is opened to find that out. What would change something is left
 * to the run, which folds it anew.
 */
export async function receiveAtRest(
  store: Store,
  callback: NewCallback & { readonly payment_id: string },
): Promise<Reception> {
  try {
    return await store.transaction((db) => receive(store, db, callback));
  } catch (error) {
    if (isAway(error)) throw error;
    const id = await insertCallback(store.pool, callback); // it cannot be folded: the run will set it aside
    return id === null ? null : { id, news: true };
  }
}

async function receive(
  store: Store,
  db: Db,
  callback: NewCallback & { readonly payment_id: string },
): Promise<Reception> {
  const id = drawId('cbk');
  const said = { cause: id, fact: { kind: 'callback', callback: id } } as const;
  const [stored, { payment, known, context }] = await Promise.all([
    insertCallback(db, callback, id),
    lockPayment(store, db, callback.payment_id, said),
  ]);
  if (stored === null) return null;
  const fact = known.evidence && evidenceFact(known.evidence);
  const news = fact !== null && fold(payment, fact, context).changed;
  if (!news) commitWith(db, consumeCallback(db, id));
  return { id, news };
}

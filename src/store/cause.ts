import type { Refusal } from '../domain/fact.ts';
import type { Db } from './store.ts';

/** What a message brings besides its fact: its cause, and for a keyed command the claim on the key. */
export interface Caused {
  readonly cause: string;
  readonly key?: { readonly app_id: string; readonly fingerprint: string };
  readonly fact: { readonly kind: string };
}

/** Was this cause answered before, and how? A refusal is remembered 24 h, what was recorded for ever. */
export async function remembered(
  db: Db,
  paymentId: string,
  message: Caused,
): Promise<{ refused?: Refusal } | null> {
  if (message.fact.kind === 'attend') return null;
  const held = message.key && (await rememberedKey(db, message.cause, message.key.fingerprint));
  if (held) return held;
  const seen = await db.query('select 1 from payment_events where payment_id = $1 and cause = $2', [
    paymentId,
    message.cause,
  ]);
  return seen.rowCount ? {} : null;
}

async function rememberedKey(
  db: Db,
  cause: string,
  fingerprint: string,
): Promise<{ refused?: Refusal } | null> {
  const found = await db.query<{ fingerprint: string; refusal: Refusal | null; stale: boolean }>(
    `select fingerprint, refusal, refusal is not null and created_at < clock_now() - interval '24 hours' as stale
     from idempotency_keys where cause = $1`,
    [cause],
  );
  const row = found.rows[0];
  if (!row) return null;
  if (row.stale) {
    await db.query('delete from idempotency_keys where cause = $1', [cause]);
    return null;
  }
  if (row.fingerprint !== fingerprint) {
    return {
      refused: { code: 'idempotency_key_reused', detail: 'this key was used with another request' },
    };
  }
  return row.refusal ? { refused: row.refusal } : {};
}

/** Claims the key for the object that was just made or changed, or for the refusal that its state gave. */
export async function remember(
  db: Db,
  objectId: string,
  message: Required<Pick<Caused, 'cause' | 'key'>>,
  refused: Refusal | undefined,
): Promise<void> {
  await db.query(
    'insert into idempotency_keys (cause, app_id, fingerprint, object_id, refusal) values ($1, $2, $3, $4, $5)',
    [message.cause, message.key.app_id, message.key.fingerprint, objectId, refused ?? null],
  );
}

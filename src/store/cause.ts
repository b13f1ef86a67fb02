import type { Refusal } from '../domain/fact.ts';
import { type Db, prepared } from './store.ts';

/** What a message brings besides its fact: its cause, and for a keyed command the claim on the key. */
export interface Caused {
  readonly cause: string;
  readonly key?: { readonly app_id: string; readonly fingerprint: string };
  readonly fact: { readonly kind: string };
}

/** What is known of a cause; a key's refusal that is `stale` is over. */
export interface Known {
  readonly is_recorded: boolean;
  readonly held: HeldCause | null;
}

interface HeldCause {
  readonly fingerprint: string;
  readonly refusal: Refusal | null;
  readonly stale: boolean;
}

/** Of the cause $2, beside a payment `p`. */
export const knownOfCause = `
  exists (select 1 from payment_events e where e.payment_id = p.id and e.cause = $2) as is_recorded,
  (select json_build_object('fingerprint', k.fingerprint, 'refusal', k.refusal,
     'stale', k.refusal is not null and k.created_at < clock_now() - interval '24 hours')
   from idempotency_keys k where k.cause = $2) as held`;

/** Was this cause answered before, and how? A refusal is remembered 24 h, what was recorded for ever. */
export async function remembered(
  db: Db,
  { cause, key, fact }: Caused,
  { is_recorded, held }: Known,
): Promise<{ refused?: Refusal } | null> {
  if (fact.kind === 'attend') return null;
  if (!key || !held) return is_recorded ? {} : null;
  if (!held.stale) return answered(held, key.fingerprint);
  await db.query('delete from idempotency_keys where cause = $1', [cause]);
  return is_recorded ? {} : null;
}

function answered(held: HeldCause, fingerprint: string): { refused?: Refusal } {
  if (held.fingerprint === fingerprint) return held.refusal ? { refused: held.refusal } : {};
  const detail = 'this key was used with another request';
  return { refused: { code: 'idempotency_key_reused', detail } };
}

/** A key claimed for the object that was just made or changed, or for the refusal that its state gave. */
export interface Claim {
  readonly cause: string;
  readonly app_id: string;
  readonly fingerprint: string;
  readonly object_id: string;
  readonly refusal: Refusal | null;
}

/** The keys of a transition: those of `doc.keys`. */
export const claimed = `
  insert into idempotency_keys (cause, app_id, fingerprint, object_id, refusal)
  select k.cause, k.app_id, k.fingerprint, k.object_id, k.refusal
  from doc, jsonb_populate_recordset(null::idempotency_keys, d -> 'keys') k`;

const claim = prepared('claim', `with doc as (select $1::jsonb as d) ${claimed}`);

/** Claims the key of a command that changed nothing. */
export async function remember(db: Db, one: Claim): Promise<void> {
  await db.query(claim(JSON.stringify({ keys: [one] })));
}

import type { AnswerStatus, AnswerWords } from '../domain/dispute-answer.ts';
import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { claimKey, freeKey, type KeyClaim } from './idempotency.ts';
import type { Keyring, Sealed } from './keyring.ts';
import { type Db, prepared, type Store } from './store.ts';
import { createVault } from './vault.ts';

/** What a merchant has said against a dispute, without the words. */
export interface DisputeAnswer {
  readonly id: string;
  readonly dispute_id: string;
  readonly status: AnswerStatus;
  readonly fields: readonly string[];
  readonly detail: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** `taken`: there is another one that was told or will be, or nobody waits for one. */
export type AnswerInsertion =
  | { readonly kind: 'written' | 'replayed'; readonly answer: DisputeAnswer }
  | { readonly kind: 'key_reused' | 'taken' };

const columns = 'id, dispute_id, status, fields, detail, created_at, updated_at';

/** Keeps what is to be told to the payer's bank, sealed, once under the key. It is due at once. */
export async function insertAnswer(
  store: Store,
  { app_id, livemode }: Caller,
  disputeId: string,
  words: AnswerWords,
  key: KeyClaim | null,
): Promise<AnswerInsertion> {
  return store.transaction(async (db) => {
    // Two answers at once take turns.
    const dispute = await db.query<{ status: string }>('select status from disputes where id = $1 for update', [disputeId]); // prettier-ignore
    const id = drawId('evd');
    const held = key && (await claimKey(db, key, app_id, id));
    if (held) return heldBy(db, key, held);
    if (dispute.rows[0]?.status !== 'opened' || (await isTaken(db, disputeId))) {
      if (key) await freeKey(db, key);
      return { kind: 'taken' };
    }
    const { sealed, key_id } = seal(store.keyring, id, words, livemode);
    await db.query(
      `insert into dispute_answers (id, dispute_id, status, fields, sealed, key_id, attend_at)
       values ($1, $2, 'processing', $3, $4, $5, clock_now())`,
      [id, disputeId, Object.keys(words), sealed, key_id],
    );
    return { kind: 'written', answer: await load(db, id) };
  });
}

async function heldBy(
  db: Db,
  { fingerprint }: KeyClaim,
  held: { readonly fingerprint: string; readonly object_id: string },
): Promise<AnswerInsertion> {
  if (held.fingerprint !== fingerprint) return { kind: 'key_reused' };
  return { kind: 'replayed', answer: await load(db, held.object_id) };
}

async function isTaken(db: Db, disputeId: string): Promise<boolean> {
  const found = await db.query(
    `select 1 from dispute_answers where dispute_id = $1 and status <> 'failed'`,
    [disputeId],
  );
  return found.rows.length > 0;
}

async function load(db: Db, id: string): Promise<DisputeAnswer> {
  const found = await findAnswer(db, id);
  if (!found) throw new Error(`bug: a key names ${id}, which is not there`);
  return found;
}

/** The answer with this id, whoever's it is, or null. */
export async function findAnswer(db: Db, id: string): Promise<DisputeAnswer | null> {
  const found = await db.query<DisputeAnswer>(
    `select ${columns} from dispute_answers where id = $1`,
    [id],
  );
  return found.rows[0] ?? null;
}

/** All that was said against a dispute, newest first: one that counts, and what was refused before it. */
export async function answersOf(db: Db, disputeId: string): Promise<DisputeAnswer[]> {
  const found = await db.query<DisputeAnswer>(
    `select ${columns} from dispute_answers where dispute_id = $1 order by created_at desc, id desc limit 100`,
    [disputeId],
  );
  return found.rows;
}

function seal(keyring: Keyring, id: string, words: AnswerWords, livemode: boolean): Sealed {
  return keyring.seal(JSON.stringify(words), placeOf(id), livemode);
}

/** What was said. Throws an Error of one line when no key opens it. */
export function openWords(keyring: Keyring, kept: SealedAnswer): AnswerWords {
  return JSON.parse(keyring.open(kept, placeOf(kept.id))) as AnswerWords;
}

function placeOf(id: string): string {
  return `the answer ${id} to a dispute`;
}

export interface SealedAnswer extends Sealed {
  readonly id: string;
}

const others = prepared(
  'answers_sealed_otherwise',
  `select id, sealed, key_id from dispute_answers where key_id <> $1 and id > $2 order by id limit $3 for update`,
);

const write = prepared(
  'reseal_answers',
  `update dispute_answers m set sealed = n.sealed, key_id = $3 from unnest($1::text[], $2::bytea[]) n (id, sealed)
   where m.id = n.id`,
);

/** Of the answers to disputes that their channel has not taken yet. */
export const answerVault = createVault(
  others,
  (keyring, row: SealedAnswer) => seal(keyring, row.id, openWords(keyring, row), true).sealed,
  (rows, anew, keyId) => write(rows.map(({ id }) => id), anew, keyId), // prettier-ignore
);

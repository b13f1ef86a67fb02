import type { Id } from '../domain/id.ts';
import type { VersionedRules } from '../domain/routing.ts';
import type { Rules } from '../domain/rule.ts';
import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { claimKey, type KeyClaim } from './idempotency.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { type Db, prepared, type Store } from './store.ts';

/** One version of an app's rules; the newest whose time has come is in force. */
export interface RuleSet {
  readonly id: Id<'rul'>;
  readonly version: number;
  readonly rules: Rules;
  readonly description: string | null;
  readonly effective_at: Date;
  readonly status: 'planned' | 'current' | 'superseded';
  readonly created_at: Date;
}

/** `effective_at` null: at once. */
export type NewRules = Pick<RuleSet, 'rules' | 'description'> & {
  readonly effective_at: Date | null;
};

export type RuleWriting =
  { readonly kind: 'written' | 'replayed'; readonly id: string } | { readonly kind: 'key_reused' };

type Scope = Pick<Caller, 'app_id' | 'livemode'>;

/** Writes the next version of an app's rules; under a key at most one. Whoever writes at the same time takes turns. */
export async function insertRules(
  store: Store,
  { app_id, livemode }: Scope,
  { rules, description, effective_at }: NewRules,
  claim: KeyClaim | null,
): Promise<RuleWriting> {
  return store.transaction(async (db) => {
    const id = drawId('rul');
    const held = claim && (await claimKey(db, claim, app_id, id));
    if (held && held.fingerprint !== claim.fingerprint) return { kind: 'key_reused' };
    if (held) return { kind: 'replayed', id: held.object_id };
    await db.query('select pg_advisory_xact_lock(hashtext($1))', [`rules ${app_id}`]);
    await db.query(
      `insert into rule_sets (id, app_id, livemode, version, rules, description, effective_at)
       select $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, coalesce($6, clock_now())
       from rule_sets where app_id = $2 and livemode = $3`,
      [id, app_id, livemode, JSON.stringify(rules), description, effective_at],
    );
    return { kind: 'written', id };
  });
}

const zones = prepared('zones', 'select name from pg_timezone_names where name = any($1)');

/** Those of these zones that the database does not know. */
export async function unknownZones(db: Db, names: readonly string[]): Promise<Set<string>> {
  const known = new Set((await db.query<{ name: string }>(zones(names))).rows.map(({ name }) => name));
  return new Set(names.filter((name) => !known.has(name)));
} // prettier-ignore

/** One page of an app's versions, newest first. */
export async function listRules(
  db: Db,
  caller: Scope,
  asked: PageRequest,
): Promise<Page<RuleSet>> {
  const scope = [['t.app_id = ?', caller.app_id], ['t.livemode = ?', caller.livemode]] as const;
  const page = await readPage(db, { from: 'rule_sets t', scope, filters: [] }, asked);
  return page.kind === 'page' ? { ...page, data: await load(db, caller, page.data) } : page;
} // prettier-ignore

/** The version with this id, or null: another app's and one of the other mode do not exist for this caller. */
export async function findRules(db: Db, caller: Scope, id: string): Promise<RuleSet | null> {
  const [found] = await load(db, caller, [id]);
  return found ?? null;
}

async function load(db: Db, caller: Scope, ids: readonly string[]): Promise<RuleSet[]> {
  const found = await db.query<RuleSet>(
    `select t.id, t.version, t.rules, t.description, t.effective_at, t.created_at,
       case when t.effective_at > clock_now() then 'planned'
         when exists (select 1 from rule_sets n where n.app_id = t.app_id and n.livemode = t.livemode and n.version > t.version
           and n.effective_at <= clock_now()) then 'superseded' else 'current' end as status
     from rule_sets t where t.id = any($1) and t.app_id = $2 and t.livemode = $3 order by array_position($1, t.id)`,
    [ids, caller.app_id, caller.livemode],
  );
  return found.rows;
}

const inForce = prepared('rules', 'select version, rules from rule_sets where id = $1');

/** So many documents are kept in memory: one per app that pays, a few kB each. */
const keptMost = 1_000;
const kept = new Map<string, VersionedRules>();

/** The rules in force for a caller; null where his app has none. A version is read once per process: it never changes. */
export async function rulesInForce(
  db: Db,
  { rules_id: id }: Pick<Caller, 'rules_id'>,
): Promise<VersionedRules | null> {
  if (id === null) return null;
  const known = kept.get(id);
  if (known) return known;
  const found = await db.query<{ version: number; rules: Rules }>(inForce(id));
  const [row] = found.rows;
  if (!row) throw new Error(`bug: a caller has the rules ${id}, which are not there`);
  const [oldest] = kept.keys();
  if (kept.size >= keptMost && oldest !== undefined) kept.delete(oldest);
  const rules = { version: row.version, ...row.rules };
  kept.set(id, rules);
  return rules;
}

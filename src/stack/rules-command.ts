import { readFileSync } from 'node:fs';

import { type DryRun, dryRunOf } from '../api/dry-run.ts';
import { readJson } from '../api/json.ts';
import { parseBody } from '../api/parsing.ts';
import type { FieldError } from '../api/problem.ts';
import { documentErrors, newRules, ruleSetObject } from '../api/rule.ts';
import { type CreateRules, createRules } from '../api/rule-schema.ts';
import { channelFor } from '../channels/registry.ts';
import type { Id } from '../domain/id.ts';
import { findRules, insertRules, listRules, type RuleSet } from '../store/rule-set.ts';
import type { Db, Store } from '../store/store.ts';
import type { Result } from './key-command.ts';

/** Whose rules: an app's, for its test or its live keys. */
export interface Place {
  readonly app_id: Id<'app'>;
  readonly merchant_id: Id<'mer'>;
  readonly livemode: boolean;
}

/** The app's place. Throws an Error of one line when there is no such app. */
export async function placeOf({ pool }: Store, app: string, livemode: boolean): Promise<Place> {
  const found = await pool.query<Pick<Place, 'app_id' | 'merchant_id'>>(
    'select id as app_id, merchant_id from apps where id = $1',
    [app],
  );
  if (!found.rows[0]) throw new Error(`--app: there is no app ${app}`);
  return { ...found.rows[0], livemode };
}

/** Lists the newest hundred versions of the rules. */
export async function listVersions({ pool }: Store, place: Place): Promise<Result> {
  const page = await listRules(pool, place, { limit: 100 });
  const found = page.kind === 'page' ? page.data : [];
  const data = found.map((one) => ruleSetObject(place, one));
  return { data: { object: 'list', data }, lines: found.map(lineOf).join('\n') };
}

/** Shows a version, without a number the one in force, in the form in which it can be put again. */
export async function showVersion(
  { pool }: Store,
  place: Place,
  version: number | null,
): Promise<Result> {
  const found = await findVersion(pool, place, version);
  if (!found) throw new Error(version === null ? 'no rules are in force' : `--version: there is no version ${version}`); // prettier-ignore
  const { rules, description } = found;
  const document = { ...(description === null ? {} : { description }), ...rules };
  return { data: ruleSetObject(place, found), lines: JSON.stringify(document, null, 2) };
}

/** Without a number the one in force; null where there is none. */
async function findVersion(db: Db, place: Place, version: number | null): Promise<RuleSet | null> {
  const page = await listRules(db, place, { limit: 100 });
  const is = (one: RuleSet) =>
    version === null ? one.status === 'current' : one.version === version;
  return (page.kind === 'page' ? page.data : []).find(is) ?? null;
}

/** Writes a document as the next version. Throws an Error with a line for everything that is wrong with it. */
export async function putRules(store: Store, place: Place, path: string): Promise<Result> {
  const document = await checked(path, (given) => documentErrors({ store }, place, given));
  const writing = await insertRules(store, place, newRules(document), null);
  const made = 'id' in writing ? await findRules(store.pool, place, writing.id) : null;
  if (!made) throw new Error('bug: the rules that were written are not there');
  return { data: ruleSetObject(place, made), lines: lineOf(made) };
}

/** Says that a document is right, of the app's accounts too where `place` names one. Throws as `putRules` does. */
export async function checkRules(path: string, place: Place | null, store: Store | null): Promise<Result> {
  await checked(path, async (given) => (store && place ? documentErrors({ store }, place, given) : []));
  return { data: { ok: true }, lines: `${path} is right` };
} // prettier-ignore

/** Tries a document on the newest thousand payments, beside the rules in force. Throws as `putRules` does. */
export async function dryRunRules(store: Store, place: Place, path: string): Promise<Result> {
  const document = await checked(path, (given) => documentErrors({ store }, place, given));
  const inForce = await findVersion(store.pool, place, null);
  const caller = { ...place, rules_id: inForce?.id ?? null };
  const data = await dryRunOf({ store, channelFor }, caller, { ...document, limit: 1_000 });
  return { data, lines: linesOf(data).join('\n') };
}

function linesOf({ payments, moved, accounts, refused, expected_fees, examples, not_evaluated }: DryRun): string[] {
  const changes = { ...accounts, ...refused, ...prefixed('expected fees, minor units of ', expected_fees) };
  return [
    `${moved} of ${payments} payments would be moved`,
    ...Object.entries(changes).map(([name, { before, after }]) => `${name}: ${before} -> ${after}`),
    ...examples.map((one) => `${one.payment_id}: ${one.before} -> ${one.after} (${one.reason})`),
    ...(not_evaluated.length > 0 ? [`not evaluated: ${not_evaluated.join(', ')}`] : []),
  ];
} // prettier-ignore

function prefixed<Of>(prefix: string, of: Readonly<Record<string, Of>>): Record<string, Of> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [`${prefix}${name}`, value]));
}

async function checked(
  path: string,
  errorsOf: (given: Partial<CreateRules>) => Promise<FieldError[]>,
): Promise<CreateRules> {
  const { fields, errors } = parseBody(createRules, readJson(bytesOf(path)));
  const all = [...errors, ...(await errorsOf(fields))];
  if (all.length > 0) throw new Error(all.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('\n'));
  return fields as CreateRules; // whole, for nothing is wrong
} // prettier-ignore

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function lineOf({ id, version, status, effective_at, rules, description }: RuleSet): string {
  const { limits, methods, routes, refunds = [] } = rules;
  const sizes = Object.entries({ limits, methods, routes, refunds }).map(([name, of]) => `${of.length} ${name}`); // prettier-ignore
  return `${id}  version ${version}  ${status}  from ${effective_at.toISOString()}  ${sizes.join(', ')}  ${description ?? ''}`.trimEnd();
}

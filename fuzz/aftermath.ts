import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import type { Figures } from './attack.ts';
import type { Findings } from './finding.ts';
import type { Stage } from './stage.ts';

/** What is left behind: logs of one JSON object a line, no canary anywhere, books that balance. */
export async function aftermath(stage: Stage, findings: Findings): Promise<Figures> {
  const lines = logLines(stage, findings);
  const secrets = secretsOf(stage);
  const { cards, personal } = stage.canaries;
  const logs = join(stage.dataDir, 'logs');
  await nowhereIn(findings, logs, [...cards, ...personal, ...secrets]);
  await nowhereIn(findings, join(stage.dataDir, 'temporal'), [...cards, ...personal, ...secrets]);
  const bytes = await nowhereIn(findings, join(stage.dataDir, 'postgres'), cards);
  const tables = await books(stage, findings, cards);
  return { log_lines: lines, tables, postgres_mb: Math.round(bytes / 1e6) };
}

/** Keys that work: nobody who reads a log may use one. */
function secretsOf({ shop, neighbours, keys }: Stage): string[] {
  return [shop.key, neighbours.other.key, neighbours.live.key, keys['wechat-pay'].api_v3_key, keys.stripe.webhook_secret];
} // prettier-ignore

/** Characters that end a line for some reader, or steer his terminal; JSON has escapes for all of them. */
const steering =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Our own processes log one JSON object a line, and no bug. */
function logLines({ dataDir }: Stage, findings: Findings): number {
  let count = 0;
  for (const name of ['api', 'worker']) {
    const text = readFileSync(join(dataDir, 'logs', `${name}.log`), 'utf8');
    for (const line of text.split('\n').filter(Boolean)) {
      count += 1;
      findings.expect(!steering.test(line), 'a log line holds nothing that steers its reader', () => line); // prettier-ignore
      const level = levelOf(line);
      findings.expect(level !== null, 'a log line is one JSON object', () => line);
      findings.expect((level ?? 0) < 50, 'nothing breaks inside', () => line);
    }
  }
  return count;
}

function levelOf(line: string): number | null {
  try {
    const { level, ready } = JSON.parse(line) as { level?: unknown; ready?: unknown };
    if (ready === true) return 0;
    return typeof level === 'number' ? level : null;
  } catch {
    return null;
  }
}

/** Reads every file below a folder as bytes. @returns how many */
async function nowhereIn(
  findings: Findings,
  folder: string,
  needles: readonly string[],
): Promise<number> {
  const pattern = new RegExp(
    needles.map((one) => one.replaceAll(/[^\w ]/g, '\\$&')).join('|'),
    'g',
  );
  let bytes = 0;
  for (const path of filesIn(folder)) {
    bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const hit = await firstHit(path, pattern);
    if (hit !== null) findings.add('what was sent to be found is found nowhere', `${path}: …${hit}…`); // prettier-ignore
  }
  return bytes;
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

const overlap = 200; // the longest needle and what stands around it

async function firstHit(path: string, pattern: RegExp): Promise<string | null> {
  let tail = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 2 ** 20 })) {
      const text = tail + (chunk as string);
      const at = text.search(pattern);
      if (at >= 0) return text.slice(Math.max(0, at - 80), at + 80);
      tail = text.slice(-overlap);
    }
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // a segment that was just recycled
    throw error;
  }
} // prettier-ignore

/** Every row of every table as text; and the ledger sums to nothing in each currency. */
async function books({ databaseUrl }: Stage, findings: Findings, cards: readonly string[]) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`);
    for (const { name } of rows) {
      const found = await client.query<{ row: string }>(`select left(t::text, 300) as row from ${name} t where t::text ~ $1 limit 3`, [cards.join('|')]);
      for (const { row } of found.rows) findings.add('what was sent to be found is found nowhere', `${name}: ${row}`);
    }
    return rows.length;
  } finally {
    await client.end();
  }
} // prettier-ignore

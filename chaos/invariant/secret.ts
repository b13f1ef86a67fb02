import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { keyCanary } from '../merchant.ts';
import { mailCanary } from '../scene.ts';
import type { Stack } from '../stack.ts';
import type { Violation } from '../violation.ts';

/** A card number that the API has refused (it is Luhn-valid and Visa's): it must be nowhere. */
export const cardCanary = '4000056655665556';

const tokens = ['tok_ok', 'tok_3ds', 'tok_unknown', 'tok_lost', 'tok_processing', 'tok_declined'];

/** I11: no canary in logs, in Temporal's file, or (where it has no business) in the store. */
export async function nothingLeaked(stack: Stack): Promise<Violation[]> {
  const never = [keyCanary, stack.apiKey, cardCanary];
  const found: Violation[] = [];
  for (const path of filesOf(stack.dataDir))
    for (const canary of await canariesIn(path, [...never, mailCanary, ...tokens]))
      found.push(say(path.slice(stack.dataDir.length + 1), canary));
  return [...found, ...(await inStore(stack.databaseUrl, never))];
}

function say(subject: string, canary: string): Violation {
  return { invariant: 'I11', subject, detail: `holds ${canary.slice(0, 12)}…` };
}

/** Not the sandbox's: it plays the channels, which are told tokens. */
function filesOf(dataDir: string): string[] {
  const logs = ['api', 'worker', 'temporal', 'postgres'].map((name) => join(dataDir, 'logs', `${name}.log`)); // prettier-ignore
  const temporal = join(dataDir, 'temporal');
  const histories = readdirSync(temporal).map((name) => join(temporal, name));
  return [...logs, ...histories].filter((path) => existsSync(path));
}

async function canariesIn(path: string, canaries: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  let rest = '';
  for await (const chunk of createReadStream(path, 'latin1') as AsyncIterable<string>) {
    const text = rest + chunk;
    for (const canary of canaries) if (text.includes(canary)) found.add(canary);
    rest = text.slice(-100); // a canary may lie across two chunks
  }
  return [...found];
}

async function inStore(databaseUrl: string, canaries: readonly string[]): Promise<Violation[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
    );
    const found: Violation[] = [];
    for (const { name } of tables.rows)
      for (const canary of canaries) {
        const held = await client.query(`select 1 from ${name} t where position($1 in t::text) > 0 limit 1`, [canary]); // prettier-ignore
        if (held.rowCount) found.push(say(`table ${name}`, canary));
      }
    return found;
  } finally {
    await client.end();
  }
}

import { parseArgs } from 'node:util';

import { rulesOf } from '../channels/registry.ts';
import { readConfig } from '../config.ts';
import { verifyLedger } from '../store/ledger.ts';
import { createStore } from '../store/store.ts';
import { runCommand } from './failure.ts';
import { stackDatabaseUrl } from './stack-database.ts';

const usage = `usage: npm run ledger:verify -- [--json]

Adds up the books of DATABASE_URL, else of the stack that runs in DATA_DIR; exit 0 only if they are balanced.
`;

async function verify(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const databaseUrl = await stackDatabaseUrl(process.env);
  const { timing } = readConfig({ ...process.env, DATABASE_URL: databaseUrl });
  const store = createStore({ databaseUrl, timing, rulesOf });
  const report = await verifyLedger(store.pool);
  await store.close();
  const verdict = report.balanced ? 'balanced' : 'NOT balanced';
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report)}\n`
      : `${verdict}\n${JSON.stringify(report, null, 2)}\n`,
  );
  return report.balanced ? 0 : 1;
}

await runCommand(verify);

import { parseArgs } from 'node:util';

import { readConfig } from '../config.ts';
import { createMerchant } from '../store/seed.ts';
import { createStore } from '../store/store.ts';
import { runCommand } from './failure.ts';
import { stackDatabaseUrl } from './stack-database.ts';

const usage = `usage: npm run merchant -- create --name NAME [--json]

Makes a merchant with one app and one test key, in DATABASE_URL, else in the stack that runs in DATA_DIR.
`;

async function merchant(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const { name } = values;
  if (values.help || positionals.join(' ') !== 'create' || !name) {
    (values.help ? process.stdout : process.stderr).write(usage);
    return values.help ? 0 : 2;
  }
  const databaseUrl = await stackDatabaseUrl(process.env);
  const { timing } = readConfig({ ...process.env, DATABASE_URL: databaseUrl });
  const store = createStore({ databaseUrl, timing, refundSpacingMs: () => 0 });
  const made = await store.transaction((db) => createMerchant(db, name));
  await store.close();
  process.stdout.write(
    values.json
      ? `${JSON.stringify(made)}\n`
      : `merchant ${made.merchant}\napp      ${made.app}\nkey      ${made.api_key} (shown once)\n`,
  );
  return 0;
}

await runCommand(merchant);

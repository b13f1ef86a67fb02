import { parseArgs } from 'node:util';

import { readConfig } from '../config.ts';
import { createMerchant } from '../store/seed.ts';
import { createStore } from '../store/store.ts';
import { stackDatabaseUrl } from './stack-database.ts';

const usage =
  'usage: npm run merchant -- create --name NAME [--json]\nMakes a merchant with one app and one test key.\n';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { name: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});

if (values.help || positionals[0] !== 'create' || !values.name) {
  (values.help ? process.stdout : process.stderr).write(usage);
  process.exit(values.help ? 0 : 2);
}
const name = values.name;
const config = readConfig({ ...process.env, DATABASE_URL: stackDatabaseUrl(process.env) });
const store = createStore({
  databaseUrl: config.databaseUrl,
  timing: config.timing,
  refundSpacingMs: () => 0,
});
const made = await store.transaction((db) => createMerchant(db, name));
await store.close();
process.stdout.write(
  values.json
    ? `${JSON.stringify(made)}\n`
    : `merchant ${made.merchant}\napp      ${made.app}\nkey      ${made.api_key} (shown once)\n`,
);

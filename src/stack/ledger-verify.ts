import { readConfig } from '../config.ts';
import { verifyLedger } from '../store/ledger.ts';
import { createStore } from '../store/store.ts';
import { stackDatabaseUrl } from './stack-database.ts';

/** `npm run ledger:verify -- --json`: adds up the books; exit 0 only if they are balanced. */
const config = readConfig({ ...process.env, DATABASE_URL: stackDatabaseUrl(process.env) });
const store = createStore({
  databaseUrl: config.databaseUrl,
  timing: config.timing,
  refundSpacingMs: () => 0,
});
const report = await verifyLedger(store.pool);
await store.close();
process.stdout.write(
  process.argv.includes('--json')
    ? `${JSON.stringify(report)}\n`
    : `${report.balanced ? 'balanced' : 'NOT balanced'}\n${JSON.stringify(report, null, 2)}\n`,
);
process.exitCode = report.balanced ? 0 : 1;

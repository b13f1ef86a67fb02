import { parseArgs } from 'node:util';

import { verifyLedger } from '../store/ledger.ts';
import { withStore } from './command-store.ts';
import { runCommand } from './failure.ts';

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
  const report = await withStore(({ pool }) => verifyLedger(pool));
  const verdict = report.balanced ? 'balanced' : 'NOT balanced';
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report)}\n`
      : `${verdict}\n${JSON.stringify(report, null, 2)}\n`,
  );
  return report.balanced ? 0 : 1;
}

await runCommand(verify);

import { parseArgs } from 'node:util';

import { secretKeysOf } from '../secret-key.ts';
import { resealAll } from '../store/reseal.ts';
import { withStore } from './command-store.ts';
import { runCommand } from './failure.ts';

const usage = `usage: npm run secrets -- rotate [--json]

rotate  seals every secret (settings of channel accounts, webhook secrets, what payers' methods came with, what channels
        know saved methods by, what names a customer) with the first of SECRET_KEYS (else of DATA_DIR/secret_key), those
        in plain form included; the other keys are not needed afterwards. While everything runs, and as often as you
        like: what is sealed with that key already stays as it is

In DATABASE_URL, else in the stack that runs in DATA_DIR. docs/operations.md says in which order keys are changed.
`;

async function secrets(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help || positionals.join(' ') !== 'rotate') {
    (values.help ? process.stdout : process.stderr).write(usage);
    return values.help ? 0 : 2;
  }
  const { resealed, key } = await withStore(
    async (store) => ({ resealed: await resealAll(store), key: store.keyring.first }),
    secretKeysOf,
  );
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ resealed, key })}\n`
      : `${resealed} secrets sealed anew; the key '${key}' opens all of them\n`,
  );
  return 0;
}

await runCommand(secrets);

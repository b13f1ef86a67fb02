import { parseArgs } from 'node:util';

import type { Config } from '../config.ts';
import { type ChannelName, channelNames } from '../sandbox/channel.ts';
import { sandboxKeysOf, secretKeysOf } from '../secret-key.ts';
import { createKeyring } from '../store/keyring.ts';
import { createMerchant, type MadeMerchant } from '../store/seed.ts';
import type { Store } from '../store/store.ts';
import { webhookSecretOf } from '../store/webhook-endpoint.ts';
import { withStore } from './command-store.ts';
import { demoMerchant } from './demo-merchant.ts';
import { runCommand } from './failure.ts';
import { listKeys, newKey, type Result, revoke } from './key-command.ts';
import { portOption, type SandboxAddress, sandboxAt } from './sandbox-address.ts';

const usage = `usage: npm run merchant -- create --name NAME [--json]
       npm run merchant -- key --app APP [--live] [--json]
       npm run merchant -- keys --app APP [--json]
       npm run merchant -- revoke --key KEY [--json]
       npm run merchant -- secret --app APP [--json]
       npm run merchant -- demo --sandbox URL [--CHANNEL-port PORT]... [--json]

create  makes a merchant with one app and one test key
key     makes another test key of an app, with --live a live one: real money. It is shown once, and kept as a hash
keys    lists the keys of an app by their ids (key_…) and last four characters
revoke  ends a key at once and for good
secret  shows the secret that signs what goes to the notify_url of an app's payments
demo    makes the merchant "Demo" and the channel accounts of the sandbox whose control API is at URL, the same key
        again where DATA_DIR has it. Its channels are at the next ports (${channelNames.join(', ')}) or where
        options like --${portOption('stripe')} say. Not with NODE_ENV=production

All of it in DATABASE_URL, else in the stack that runs in DATA_DIR.
`;

type PortOption = `${ChannelName}-port`;
const portOptions = Object.fromEntries(
  channelNames.map((channel) => [portOption(channel), { type: 'string' }]),
) as Record<PortOption, { readonly type: 'string' }>;

async function merchant(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string' }, app: { type: 'string' }, key: { type: 'string' }, sandbox: { type: 'string' },
      live: { type: 'boolean' },
      ...portOptions,
      json: { type: 'boolean' }, help: { type: 'boolean' },
    }, // prettier-ignore
  });
  const { live = false, json = false, help = false, ...given } = values;
  const asked = workOf(positionals.join(' '), live, given);
  if (help || !asked) {
    (help ? process.stdout : process.stderr).write(usage);
    return help ? 0 : 2;
  }
  const { data, lines } = await withStore(asked, secretKeysOf);
  process.stdout.write(`${json ? JSON.stringify(data) : lines}\n`);
  return 0;
}

type Work = (store: Store, config: Config) => Promise<Result>;
type Given = Readonly<Partial<Record<'name' | 'app' | 'key' | 'sandbox' | PortOption, string>>>;

/** What the words ask for, or null. Throws an Error where it is refused whatever the store holds. */
function workOf(verb: string, live: boolean, given: Given): Work | null {
  const { name, app, key, sandbox } = given;
  if (verb === 'create' && name) return (store) => create(store, name);
  if (verb === 'key' && app) return (store) => newKey(store, app, live);
  if (verb === 'keys' && app) return (store) => listKeys(store, app);
  if (verb === 'revoke' && key) return (store) => revoke(store, key);
  if (verb === 'secret' && app) return (store) => secret(store, app);
  if (verb === 'demo' && sandbox) return demo(sandboxAt(sandbox, given));
  return null;
}

async function create(store: Store, name: string): Promise<Result> {
  const made = await store.transaction((db) => createMerchant(db, name, store.keyring));
  return { data: made, lines: `${linesOf(made)} (shown once)` };
}

function demo(sandbox: SandboxAddress): Work {
  if (process.env['NODE_ENV'] === 'production')
    throw new Error("NODE_ENV: no demo merchant in production, the sandbox's keys are published");
  return async (_store, config) => {
    const keyring = createKeyring(sandboxKeysOf(config));
    const made = await demoMerchant(config.databaseUrl, config.dataDir, sandbox, keyring);
    return { data: made, lines: linesOf(made) };
  };
}

function linesOf({ merchant, app, api_key }: MadeMerchant): string {
  return `merchant ${merchant}\napp      ${app}\nkey      ${api_key}`;
}

async function secret(store: Store, app: string): Promise<Result> {
  const webhook_secret = await webhookSecretOf(store, app);
  if (webhook_secret === null) throw new Error(`--app: there is no app ${app}`);
  return { data: { app, webhook_secret }, lines: webhook_secret };
}

await runCommand(merchant);

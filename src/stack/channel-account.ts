import { parseArgs } from 'node:util';

import { accountObject } from '../api/channel-account.ts';
import { channelFor } from '../channels/registry.ts';
import { secretKeysOf } from '../secret-key.ts';
import {
  create,
  list,
  pause,
  resume,
  retire,
  update,
  type Words,
  type Work,
} from './account-command.ts';
import { withStore } from './command-store.ts';
import { runCommand } from './failure.ts';

const usage = `usage: npm run channel-account -- create --channel CHANNEL --settings FILE [--live] [--merchant mer_…]
                                          [--methods A,B] [--currencies A,B] [--fees FILE] [--json]
       npm run channel-account -- update --account cha_… [--settings FILE] [--methods A,B] [--currencies A,B]
                                          [--fees FILE] [--json]
       npm run channel-account -- retire --account cha_… [--version N] [--json]
       npm run channel-account -- pause --account cha_… [--reason TEXT] [--until TIME] [--json]
       npm run channel-account -- resume --account cha_… [--json]
       npm run channel-account -- list [--live] [--merchant mer_…] [--json]

create  makes an account that all merchants share, or one of --merchant; for test keys, or with --live for live ones
update  makes a new version of an account: members that FILE leaves out stay as they are, null removes one
retire  ends the overlap at once, for a key that has leaked: what versions up to N (without --version: all but the
        newest) sign is not believed any more, and calls of their attempts go with the newest version
pause   has no new attempts begin at the account, until TIME or resume; what is under way there goes on
resume  ends a pause
list    shows what the keys of --merchant may use, without it the shared accounts

FILE is one JSON object, as docs/operations.md describes it, of --fees a list; - reads it from standard input. No secret is
ever shown.
All of it in DATABASE_URL, else in the stack that runs in DATA_DIR, sealed with the first of SECRET_KEYS.
`;

const verbs: Readonly<Record<string, Work>> = { create, update, retire, pause, resume, list };

async function channelAccount(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      channel: { type: 'string' }, settings: { type: 'string' }, merchant: { type: 'string' },
      account: { type: 'string' }, fees: { type: 'string' }, version: { type: 'string' }, reason: { type: 'string' }, until: { type: 'string' }, methods: { type: 'string' }, currencies: { type: 'string' },
      live: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' },
    },
  }); // prettier-ignore
  const work = verbs[positionals.join(' ')];
  if (values.help || !work) {
    (values.help ? process.stdout : process.stderr).write(usage);
    return values.help ? 0 : 2;
  }
  const { config, accounts } = await done(work, values);
  const shown = accounts.map((account) => accountObject({ channelFor, config }, account));
  process.stdout.write(values.json ? jsonOf(shown, work) : shown.map(lineOf).join(''));
  return 0;
}

function done(work: Work, words: Words) {
  return withStore(
    async (store, config) => ({ config, accounts: await work(store, words) }),
    secretKeysOf,
  );
}

type Shown = ReturnType<typeof accountObject>;

function jsonOf(shown: readonly Shown[], work: Work): string {
  return `${JSON.stringify(work === list ? { object: 'list', data: shown } : shown[0])}\n`;
}

function lineOf({ id, channel, version, livemode, owner, callback_url }: Shown): string {
  const mode = livemode ? 'live' : 'test';
  return `${id}  ${channel}  version ${version}  ${mode}  of the ${owner}  calls back at ${callback_url}\n`;
}

await runCommand(channelAccount);

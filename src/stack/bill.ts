import { parseArgs } from 'node:util';

import { Client, Connection } from '@temporalio/client';

import { createBills, factsOf, type Looked } from '../activities/bill.ts';
import { askAll } from '../activities/bill-look.ts';
import { createActor } from '../api/actor.ts';
import type { Channel } from '../channels/channel.ts';
import { channelFor } from '../channels/registry.ts';
import type { Config } from '../config.ts';
import { type BillAnswer, type BillFlow } from '../domain/bill.ts';
import { isToBeAsked } from '../domain/bill-finding.ts';
import { secretKeysOf } from '../secret-key.ts';
import type { FoundRow } from '../store/bill-finding.ts';
import { accountOf } from '../store/channel-account.ts';
import type { Store } from '../store/store.ts';
import { lineOf, settleFinding, showOpen } from './bill-finding.ts';
import { withStore } from './command-store.ts';
import { runCommand } from './failure.ts';
import { createQuestion } from './question.ts';

const usage = `usage: npm run bill -- --channel-account cha_… --day 2026-11-29 [--flow trade|fund] [--ask] [--json]
       npm run bill -- --open [--json]
       npm run bill -- --settle fnd_… --reason TEXT

Fetches a channel account's bill of a day (of the channel's own zone) and compares it with what is known here: payments and
refunds, and money that the channel took back, that nobody has heard of (unheard), more often than they are known (doubled), in another amount (differs), or under no number of this account (foreign).
--ask   has the actors of what is unheard of or doubled ask the channel, whose answer counts; needs a running worker (TEMPORAL_ADDRESS)
--flow  shows that bill's rows instead, and compares nothing

--open  lists what the daily looks have found and neither the channel's answers nor anybody has explained: work for a person
--settle  takes one of these off the list, with the reason; no money moves by it

In DATABASE_URL, else in the stack that runs in DATA_DIR. Exit 0 when the bill was read and holds nothing but what is known,
3 when it (or the list) holds something else, 4 when there is no bill (yet), 1 when it could not be read.
`;

interface Words {
  readonly account: string;
  readonly day: string;
  readonly flow: BillFlow | undefined;
  readonly ask: boolean;
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'channel-account': { type: 'string' }, day: { type: 'string' }, flow: { type: 'string' },
      ask: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' },
      open: { type: 'boolean' }, settle: { type: 'string' }, reason: { type: 'string' },
    },
  }); // prettier-ignore
  const { help, open, settle, reason = '', json = false } = values;
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  if (settle !== undefined) return settleFinding(settle, reason);
  if (open) return showOpen(json);
  const { 'channel-account': account = '', day = '', flow, ask = false } = values;
  return showBill({ account, day: dayOf(day), flow: flowOf(flow), ask }, json);
}

async function showBill(words: Words, json: boolean): Promise<number> {
  const { answer, ...rest } = await withStore((store, config) => told(store, config, words), secretKeysOf);
  const shown = { channel_account: words.account, day: words.day, ...rest, ...shownOf(answer, words.flow) };
  process.stdout.write(json ? `${JSON.stringify(shown)}\n` : linesOf(shown));
  return exitOf(answer, rest.found);
} // prettier-ignore

function dayOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) && day.length === 10)
    return day;
  throw new Error(`--day must be a day like 2026-11-29, not '${day}'`);
}

function flowOf(flow: string | undefined): BillFlow | undefined {
  if (flow === undefined || flow === 'trade' || flow === 'fund') return flow;
  throw new Error(`--flow must be trade or fund, not '${flow}'`);
}

/** Fetches and compares, and has what is unheard of asked about where that is wanted. */
async function told(store: Store, config: Config, words: Words): Promise<Looked> {
  const channel = await channelOf(store, words.account);
  const billed = { channel, channel_account: words.account, day: words.day };
  const { zone } = factsOf(channel);
  process.stderr.write(`asking ${channel.slug} for its bill of ${words.day} (${zone})\n`);
  const bills = createBills(store);
  if (words.flow !== undefined)
    return { answer: await bills.fetch(billed, words.flow), counts: null, found: [] };
  const looked = await bills.look(billed);
  const unheard = looked.found.filter(({ finding }) => isToBeAsked(finding));
  if (words.ask && unheard.length > 0) await asked(store, config, unheard);
  return looked;
}

async function channelOf({ pool }: Store, id: string): Promise<Channel> {
  const account = await accountOf(pool, id);
  if (!account) throw new Error(`--channel-account: there is no account '${id}'`);
  const channel = channelFor(account.channel);
  if (channel) return channel;
  throw new Error(`--channel-account: no channel '${account.channel}' in this build`);
}

async function asked(store: Store, config: Config, unheard: readonly FoundRow[]): Promise<void> {
  process.stderr.write(`having ${unheard.length} payments ask the channel\n`);
  const connection = Connection.lazy({ address: config.temporalAddress });
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const question = createQuestion(store, createActor(client));
  const { untold } = await askAll(unheard, question).finally(() => connection.close());
  if (untold.length > 0) throw new Error(`could not be told to ask: ${untold.join(', ')}`);
}

/** The rows of a flow that was asked for by name; of one that was compared what differs is enough. */
function shownOf(answer: BillAnswer, flow: BillFlow | undefined) {
  if (answer.kind !== 'bill') return { outcome: answer.kind, rows: [], detail: answer.detail };
  return { outcome: answer.kind, rows: flow === undefined ? [] : answer.rows };
}

type Shown = Pick<Looked, 'counts' | 'found'> & ReturnType<typeof shownOf>;

function linesOf({ outcome, counts, found, ...rest }: Shown): string {
  const detail = 'detail' in rest ? `: ${rest.detail}` : '';
  const summary = counts && Object.entries(counts).map(([finding, count]) => `${count} ${finding}`).join(', ');
  const rows = rest.rows.map((row) => lineOf({ row, finding: row.kind, payment_id: null }));
  return [`${outcome}${detail}${summary ? `: ${summary}` : ''}`, ...rows, ...found.map(lineOf), ''].join('\n');
} // prettier-ignore

function exitOf(answer: BillAnswer, found: readonly FoundRow[]): number {
  if (answer.kind === 'bill') return found.length === 0 ? 0 : 3;
  return answer.kind === 'no_bill' || answer.kind === 'not_ready' ? 4 : 1;
}

await runCommand(run);

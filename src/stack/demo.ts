import { parseArgs } from 'node:util';

import { type Agreement, compareBooks } from './agreement.ts';
import { CannotStart } from './cannot-start.ts';
import { fail } from './failure.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { aborted, launch, say } from './launcher.ts';
import { readSettings } from './settings.ts';
import { openShop } from './shop.ts';
import { addressOf, type Running, type Stack } from './stack.ts';
import { tellStory } from './story.ts';
import { type DemoMethod, demoMethods } from './way.ts';
import { killWhereAsked } from './worker-restart.ts';

const usage = `usage: npm run demo -- [--once] [--json] [--method TYPE]

Starts the stack of npm start, shows what Holdfast promises with three payments by a method of your choice and one by card,
compares the books of the channels, the payments and the ledger, and stays up until SIGINT (Ctrl-C) or SIGTERM.

  --once  stops afterwards; exit 0 only if all books agree
  --json  prints the result as the last line on stdout; everything else goes to stderr
  --method  of the first three, one of these, the first by default:
${demoMethods.map((method) => `            ${method}\n`).join('')}            all: the first, and after the card one at Adyen, and an ordinary and a late payment by each of the others

Settings: those of npm start, from the environment.
`;

interface Arguments {
  readonly once: boolean;
  readonly json: boolean;
  readonly methods: readonly [DemoMethod, ...DemoMethod[]];
}

/** @throws an Error with one line that names what is wrong */
function readArguments(): Arguments | null {
  const flag = { type: 'boolean', default: false } as const;
  const method = { type: 'string', default: 'wechat_pay_qr' } as const;
  const { values } = parseArgs({ options: { once: flag, json: flag, help: flag, method } });
  return values.help ? null : { ...values, methods: methodsOf(values.method) };
}

function methodsOf(type: string): Arguments['methods'] {
  const [first, ...others] = demoMethods;
  if (type === 'all' && first) return [first, ...others];
  const found = demoMethods.find((one) => one === type);
  if (found) return [found];
  throw new CannotStart(`--method must be all or one of ${demoMethods.join(', ')}, not '${type}'`);
}

async function demo(given: Arguments, stack: Stack & Running, asked: AbortSignal): Promise<number> {
  const { ready, supervisor, databaseUrl } = stack;
  if (!ready.api_key)
    throw new CannotStart('NODE_ENV: the demo needs its merchant, which production never makes');
  const sandbox = addressOf(readSettings(process.env));
  const shop = openShop({ api: ready.api, sandbox, apiKey: ready.api_key });
  const killWorker = () => {
    for (const pid of supervisor.pids('worker')) process.kill(pid, 'SIGKILL');
  };
  const inbox = await openInbox();
  const story = tellStory(shop, inbox, killWorker, say, given.methods).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
  const broken = await Promise.race([story, aborted(asked).then(() => ['interrupted'])]);
  if (asked.aborted && !given.once) return 0;
  const agreement = await compareBooks(shop, databaseUrl);
  inbox.close();
  const reasons = [...broken, ...agreement.reasons];
  sayVerdict(agreement, reasons);
  const urls = urlsOf(stack);
  if (given.json)
    process.stdout.write(`${JSON.stringify(result(agreement, reasons, inbox, stack, urls))}\n`);
  if (!given.once) {
    sayPanel(urls, ready.api_key);
    await killWhereAsked(sandbox, killWorker, say, asked);
  }
  return reasons.length === 0 ? 0 : 1;
}

type Urls = Readonly<Record<'api' | 'docs' | 'temporal_ui' | 'sandbox', string>>;

function urlsOf({ ready }: Running): Urls {
  const { publicUrl } = readSettings(process.env);
  const { api, temporal_ui, sandbox } = ready;
  return { api, docs: `${publicUrl}/docs`, temporal_ui, sandbox };
}

/** The line of contract section 8, and the reasons when it is not ok. */
function result(
  agreement: Agreement,
  reasons: string[],
  inbox: Inbox,
  stack: Stack,
  urls: Urls,
): object {
  return {
    ok: reasons.length === 0,
    seconds: Number((performance.now() / 1_000).toFixed(1)),
    payments: agreement.payments.map(({ id, status, channel, amount, amount_refunded }) => ({
      id,
      status,
      channel,
      amount,
      amount_refunded,
    })),
    webhooks_verified: inbox.verified().length,
    worker_restarts: stack.supervisor.restarts('worker'),
    books_agree: agreement.booksAgree,
    ledger_balanced: agreement.ledgerBalanced,
    urls,
    ...(reasons.length > 0 ? { reasons } : {}),
  };
}

function sayVerdict({ payments }: Agreement, reasons: string[]): void {
  if (reasons.length === 0)
    say(`\n✔ the channels' books, the ${payments.length} payments and the ledger agree`);
  for (const reason of reasons) say(`✘ ${reason}`);
}

function sayPanel(urls: Urls, apiKey: string): void {
  const { dataDir } = readSettings(process.env);
  say(`
  API          ${urls.api}
  API docs     ${urls.docs}
  Temporal UI  ${urls.temporal_ui}
  Sandbox      ${urls.sandbox}/control/books
  Key          ${apiKey} (kept in ${dataDir}/api_key)
  Logs         ${dataDir}/logs
  Test cards   ${urls.sandbox}/card, and what else to try: docs/testing.md

  Ctrl-C stops everything.`);
}

// The shop's inbox is on this machine, where webhooks go only by leave.
process.env['EGRESS_ALLOW'] ||= '127.0.0.1:*';

try {
  const given = readArguments();
  if (given) await launch('holdfast demo', (stack, asked) => demo(given, stack, asked));
  else process.stdout.write(usage);
} catch (error) {
  fail(error);
}

import { fail } from '../src/stack/failure.ts';
import { aborted } from '../src/stack/launcher.ts';
import { type Arguments, readArguments, usage } from './arguments.ts';
import { histories, untilQuiet } from './history.ts';
import { load, onePayment, type Sample } from './load.ts';
import { type Turn, turn } from './measure.ts';
import { type Report, report } from './report.ts';
import { routing } from './routing.ts';
import { type Beside, besideSlowChannel } from './slow-channel.ts';
import { onStage, type Stage } from './stage.ts';
import { summary } from './summary.ts';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** At most so many first, so that what is measured runs compiled code. */
const warmUp = 60;

async function measure(stage: Stage, given: Arguments): Promise<Report> {
  say('warming up');
  for (const side of ['bare', 'product'] as const)
    await load(stage[side], stage.inbox, Math.min(warmUp, given.payments), given);
  await untilQuiet(stage.client);
  const turns = await alternately(stage, given);
  const alone = await oneAtATime(stage, given);
  say('reading the histories');
  return report({
    engine: stage.engine,
    inFlight: given.inFlight,
    methods: given.methods,
    turns,
    alone,
    histories: await histories(stage.client),
    webhooksAgain: stage.inbox.received().again,
  });
}

/** Ours and bare in turn, each first as often as the other, so that the machine's moods hit both. */
async function alternately(stage: Stage, given: Arguments): Promise<Turn[]> {
  const turns: Turn[] = [];
  const count = Math.round(given.payments / given.rounds);
  for (let round = 0; round < given.rounds; round += 1) {
    const order = ['bare', 'product'] as const;
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      const done = await turn(stage, side, count, given);
      turns.push(done);
      say(`round ${round + 1}, ${side}: ${(count / done.seconds).toFixed(1)} a second`);
    }
  }
  return turns;
}

async function oneAtATime(stage: Stage, given: Arguments) {
  say('one at a time');
  const alone: Record<'product' | 'bare', Sample[]> = { product: [], bare: [] };
  for (let i = 0; i < given.alone; i += 1) {
    const method = given.methods[i % given.methods.length] ?? 'qr';
    for (const side of ['bare', 'product'] as const)
      alone[side].push(await onePayment(stage[side], stage.inbox, method));
  }
  return alone;
}

function measured(stage: Stage, given: Arguments): Promise<Report | Beside> {
  const { slowMs } = given;
  return slowMs === undefined
    ? measure(stage, given)
    : besideSlowChannel(stage, { ...given, slowMs }, say);
}

async function bench(given: Arguments): Promise<void> {
  const figures = given.only === 'routing' ? routing() : await withStage(given);
  process.stdout.write(given.json ? `${JSON.stringify(figures)}\n` : summary(figures));
}

async function withStage(given: Arguments): Promise<Report | Beside> {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => asked.abort());
  const interrupted = aborted(asked.signal).then(() => Promise.reject(new Error('interrupted')));
  return onStage(given, say, (stage) => Promise.race([measured(stage, given), interrupted]));
}

try {
  const given = readArguments(process.argv.slice(2));
  if (given) await bench(given);
  else process.stdout.write(usage);
  process.exit(0);
} catch (error) {
  fail(error);
  process.exit();
}

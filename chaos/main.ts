import { fail } from '../src/stack/failure.ts';
import { type Given, readArguments, usage } from './arguments.ts';
import { bugBank } from './bug-bank.ts';
import { campaign } from './campaign.ts';
import { failureText, reportOf } from './report.ts';
import { say } from './say.ts';
import { Timeline } from './timeline.ts';

process.title = 'holdfast chaos';

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2));
  if (!given) {
    process.stdout.write(usage);
    return 0;
  }
  if (given.bugs) return hunt(given, given.bugs);
  const timeline = new Timeline(say);
  const run = await campaign(given, timeline);
  const report = reportOf(given, run);
  if (report.violations > 0) say(failureText(given, run.violations, timeline));
  process.stdout.write(
    `${given.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`,
  );
  return report.violations === 0 ? 0 : 1;
}

async function hunt(given: Given, names: readonly string[]): Promise<number> {
  const { seed, payments, kills, sweeps, story } = given;
  const words = [
    ...(payments === undefined ? [] : ['--payments', String(payments)]),
    ...(kills === undefined ? [] : ['--kills', String(kills)]),
    ...(story === undefined ? [] : ['--story', story]),
    ...(sweeps ? [] : ['--no-sweep']),
  ];
  const found = await bugBank(names, seed, words);
  process.stdout.write(`${JSON.stringify(found, null, given.json ? 0 : 2)}\n`);
  return found.caught === found.of ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  fail(error);
  process.exit();
}

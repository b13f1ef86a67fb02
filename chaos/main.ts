import { printFailure } from '../src/stack/failure.ts';
import { readArguments, usage } from './arguments.ts';
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
  const timeline = new Timeline(say);
  const run = await campaign(given, timeline);
  const report = reportOf(given, run);
  if (report.violations > 0) say(failureText(given, run.violations, timeline));
  process.stdout.write(
    `${given.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`,
  );
  return report.violations === 0 ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  printFailure(error);
  process.exit(1);
}

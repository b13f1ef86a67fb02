import { fail } from '../src/stack/failure.ts';
import { aborted } from '../src/stack/launcher.ts';
import { aftermath } from './aftermath.ts';
import { type Arguments, readArguments, usage } from './arguments.ts';
import type { Attack, Figures } from './attack.ts';
import { body } from './attack/body.ts';
import { callback } from './attack/callback.ts';
import { cardNumber } from './attack/card-number.ts';
import { identity } from './attack/identity.ts';
import { injection } from './attack/injection.ts';
import { pipeline } from './attack/pipeline.ts';
import { payerReturn } from './attack/return.ts';
import { schema } from './attack/schema.ts';
import { slowClient } from './attack/slow-client.ts';
import { smuggling } from './attack/smuggling.ts';
import { spoofing } from './attack/spoofing.ts';
import { target } from './attack/target.ts';
import { timing } from './attack/timing.ts';
import { Chance } from './chance.ts';
import { type Failure, Findings, Log } from './finding.ts';
import { onStage, type Stage } from './stage.ts';
import { Watch } from './watch.ts';

const attacks: readonly Attack[] = [
  slowClient, smuggling, target, spoofing, pipeline, body, injection, cardNumber, identity, timing, callback, payerReturn, schema,
]; // prettier-ignore

/** The last line of `--json`. */
interface Result {
  readonly profile: string;
  readonly seed: number;
  readonly requests: number;
  readonly findings: number;
  readonly failures: readonly Failure[];
  readonly seconds: number;
  readonly skipped: readonly string[];
  readonly attacks: Readonly<Record<string, Figures>>;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function fuzz(given: Arguments): Promise<Result> {
  const began = performance.now();
  const log = new Log(say);
  say(`seed ${given.seed}`);
  const done = await onStage(given.seed, general(given, log), say, (stage) =>
    Promise.race([attackAll(given, stage, log), interrupted()]),
  );
  const { profile, seed } = given;
  return {
    profile: profile.name,
    seed,
    requests: done.requests,
    findings: log.count,
    failures: log.failures,
    seconds: Math.round((performance.now() - began) / 100) / 10,
    skipped: Object.entries(done.attacks).flatMap(([name, { skipped }]) => skipped ? [`${name}: ${skipped}`] : []),
    attacks: done.attacks,
  };
} // prettier-ignore

function commandOf({ profile, seed }: Arguments): string {
  return `npm run fuzz -- --profile ${profile.name} --seed ${seed}`;
}

/** What is found by what holds for every answer belongs to no attack alone. */
function general(given: Arguments, log: Log): Findings {
  return new Findings(log, 'every answer', commandOf(given));
}

async function attackAll(given: Arguments, stage: Stage, log: Log) {
  const { seed, profile, only } = given;
  const watch = await Watch.begin(stage);
  const figures: Record<string, Figures> = {};
  const later: (() => Promise<void>)[] = [];
  for (const { name, run } of attacks) {
    if (only.length > 0 && !only.includes(name)) continue;
    const began = performance.now();
    const findings = new Findings(log, name, `${commandOf(given)} --only ${name}`);
    const chance = new Chance(seed, name);
    const scene = { stage, findings, profile, watch, seed, say, chance, later };
    const own = await run(scene);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    figures[name] = { seconds, ...own, ...(await watch.figures(findings)) };
    say(`${name}: ${JSON.stringify(figures[name])}`);
  }
  for (const rest of later) await rest();
  watch.end(general(given, log));
  figures['aftermath'] = await aftermath(stage, new Findings(log, 'aftermath', commandOf(given)));
  return { attacks: figures, requests: stage.wire.requests };
}

function interrupted(): Promise<never> {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => asked.abort());
  return aborted(asked.signal).then(() => Promise.reject(new Error('interrupted')));
}

function summary({ profile, seed, requests, findings, seconds, skipped }: Result): string {
  const left = skipped.map((line) => `skipped ${line}\n`).join('');
  return `${left}${profile}, seed ${seed}: ${requests} requests in ${seconds} s, ${findings} findings\n`;
}

try {
  const given = readArguments(process.argv.slice(2), attacks.map(({ name }) => name)); // prettier-ignore
  if (!given) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const result = await fuzz(given);
  process.stdout.write(given.json ? `${JSON.stringify(result)}\n` : summary(result));
  process.exit(result.findings === 0 ? 0 : 1);
} catch (error) {
  fail(error);
  process.exit();
}

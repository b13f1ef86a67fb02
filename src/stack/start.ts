import { readSettings } from './settings.ts';
import { startStack } from './stack.ts';

const usage = `usage: npm start

Starts Temporal, PostgreSQL, API, worker and sandbox on this machine; prints one line of JSON when they are ready
and stays up until SIGINT (Ctrl-C) or SIGTERM.

Settings: PORT, SANDBOX_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT, POSTGRES_PORT, DATA_DIR, TEMPORAL_ADDRESS,
DATABASE_URL, WORKER_COUNT and those of the README.
`;

/** The launcher. Exit 0 after an orderly stop, 1 when it could not start. */
async function main(): Promise<void> {
  process.title = 'holdfast launcher';
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const stack = startStack(readSettings(process.env), say);
  const first = await Promise.race([stack, asked]);
  if (first) process.stdout.write(`${JSON.stringify(first.ready)}\n`);
  await asked;
  say('stopping');
  await (await stack).stop();
}

if (process.argv.includes('--help')) process.stdout.write(usage);
else {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      const line = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${line}\n`);
      process.exit(1);
    },
  );
}

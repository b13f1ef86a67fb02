import { aborted, launch } from './launcher.ts';

const usage = `usage: npm start

Starts Temporal, PostgreSQL, API, worker and sandbox on this machine; prints one line of JSON when they are ready
and stays up until SIGINT (Ctrl-C) or SIGTERM.

Settings: PORT, SANDBOX_PORT, TEMPORAL_PORT, TEMPORAL_UI_PORT, POSTGRES_PORT, DATA_DIR, TEMPORAL_ADDRESS,
DATABASE_URL, PUBLIC_URL, WORKER_COUNT and those of the README.
`;

if (process.argv.includes('--help')) process.stdout.write(usage);
else {
  await launch('holdfast launcher', async ({ ready }, asked) => {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    await aborted(asked);
    return 0;
  });
}

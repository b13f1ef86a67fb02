import { setTimeout as pause } from 'node:timers/promises';

import { newDataDir, ownEnvironment, removeDataDir, startProgram } from '../support/launcher.ts';

const isUp = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

test.each([
  ['API', 'src/api/main.ts', 'PORT'],
  ['sandbox', 'src/sandbox/main.ts', 'SANDBOX_PORT'],
])(
  'the %s goes on when nobody reads that it is ready',
  async (_name, path, port) => {
    const dataDir = newDataDir();
    const nowhere = {
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    };
    const env: NodeJS.ProcessEnv = { ...(await ownEnvironment(dataDir)), ...nowhere };
    const program = startProgram(path, env);
    program.child.stdout?.destroy();
    while (program.child.exitCode === null && !(await isUp(`http://127.0.0.1:${env[port]}/livez`)))
      await pause(50);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    removeDataDir(dataDir);
  },
  120_000,
);

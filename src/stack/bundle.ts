import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { bundleWorkflowCode } from '@temporalio/worker';

import { runCommand } from './failure.ts';

const usage = `usage: npm run build

Makes the workflow bundle of these sources beforehand, unless it is there, and prints where it is: in build/, else in
DATA_DIR.
`;

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The bundle of the workflows, made once per state of their sources (1.5 s saved at each start of a worker).
 * In `build/`, or in DATA_DIR where the project folder cannot be written.
 */
export async function workflowBundle(
  dataDir = process.env['DATA_DIR'] ?? '.data',
): Promise<{ codePath: string }> {
  const name = `workflows-${sourcesHash()}.js`;
  const places = [join(root, 'build'), join(dataDir, 'build')];
  const made = places.map((folder) => join(folder, name)).find(exists);
  if (made) return { codePath: made };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'src/workflows/index.ts'),
    logger: { log: () => undefined, trace: () => undefined, debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  }); // prettier-ignore
  const folder = places.find(isWritable);
  if (!folder) throw new Error(`DATA_DIR: the workflow bundle cannot be written to ${dataDir}`);
  const codePath = join(folder, name);
  writeFileSync(`${codePath}.${process.pid}`, code);
  renameSync(`${codePath}.${process.pid}`, codePath);
  return { codePath };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as {
    version: string;
  };
  hash.update(version);
  for (const folder of ['src/workflows', 'src/domain']) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const name of files.filter((file) => file.endsWith('.ts')).toSorted())
      hash.update(name).update(readFileSync(join(root, folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function build(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  process.stdout.write(values.help ? usage : `${(await workflowBundle()).codePath}\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runCommand(build);

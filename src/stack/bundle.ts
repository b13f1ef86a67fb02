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

import { bundleWorkflowCode } from '@temporalio/worker';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The bundle of the workflows, made once per state of their sources (1.5 s saved at each start of a worker).
 * In `build/`, or in DATA_DIR where the project folder cannot be written.
 */
export async function workflowBundle(
  dataDir = process.env['DATA_DIR'] ?? '.data',
): Promise<{ codePath: string }> {
  const folder = isWritable(root) ? join(root, 'build') : join(dataDir, 'build');
  const codePath = join(folder, `workflows-${sourcesHash()}.js`);
  if (exists(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'src/workflows/index.ts'),
    logger: { log: () => undefined, trace: () => undefined, debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  }); // prettier-ignore
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${codePath}.${process.pid}`, code);
  renameSync(`${codePath}.${process.pid}`, codePath);
  return { codePath };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isWritable(folder: string): boolean {
  try {
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
    for (const name of readdirSync(join(root, folder)).toSorted())
      hash.update(readFileSync(join(root, folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { codePath } = await workflowBundle();
  process.stdout.write(`${codePath}\n`);
}

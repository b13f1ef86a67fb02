import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunningSandbox } from './running-sandbox.ts';

/**
 * Stops the sandbox, moves all that it wrote this far into the past, and starts it again: so much later it is.
 *
 * @param ms how long
 */
export async function later(sandbox: RunningSandbox, ms: number): Promise<RunningSandbox> {
  await sandbox.stop();
  const path = join(sandbox.directory, 'sandbox', 'books.jsonl');
  const earlier = readFileSync(path, 'utf8').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    new Date(Date.parse(time) - ms).toISOString(),
  );
  writeFileSync(path, earlier);
  return sandbox.again();
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = fileURLToPath(new URL('./histories/', import.meta.url));

/** The name of a path as the name of its file, with the number of the run. */
export function fileOf(path: string, run: number): string {
  return `${path.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.${run}.json`;
}

export interface Recorded {
  readonly workflowId: string;
  readonly history: unknown;
}

/** Every recorded history, named by its file. */
export function* recordedHistories(): Generator<Recorded> {
  for (const name of readdirSync(folder).toSorted())
    yield { workflowId: name, history: JSON.parse(readFileSync(join(folder, name), 'utf8')) };
}

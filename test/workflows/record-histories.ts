/**
 * Records a history of every path, to be replayed by `replay.test.ts`. By hand, after a release or when a path
 * is added: `node --import tsx test/workflows/record-histories.ts [path…]` (45 s), then commit `histories/`. Histories of
 * earlier releases are kept: put them into the folder under other names, and remove them when no run of
 * that release can still be open.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { format } from 'prettier';

import { Rig } from '../support/actor.ts';
import { type Engine, realEngine, skippingEngine } from './engine.ts';
import { fileOf, folder } from './histories.ts';
import { type Paths, paths, pathsOfTime } from './paths.ts';

const wanted = process.argv.slice(2);

await recordAll(await realEngine(), paths);
await recordAll(await skippingEngine(), pathsOfTime);

async function recordAll(engine: Engine, ways: Paths): Promise<void> {
  const rig = await Rig.open(engine, { pollSchedule: [5, 5, 10, 60, 3_600, 43_200] });
  const asked = Object.entries(ways).filter(([name]) => wanted.length === 0 || wanted.includes(name)); // prettier-ignore
  for (const [name, path] of asked) {
    await path(rig);
    for (const [index, [runId, id]] of [...rig.runs].entries()) {
      const handle = engine.client.workflow.getHandle(id, runId);
      const json = historyToJSON(await handle.fetchHistory());
      writeFileSync(join(folder, fileOf(name, index + 1)), await format(json, { parser: 'json' }));
    }
    process.stdout.write(`${name}: ${rig.runs.size} run(s)\n`);
    rig.reset();
  }
  await rig.close();
}

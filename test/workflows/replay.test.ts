import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';

import { workflowBundle } from '../../src/stack/bundle.ts';
import { fileOf, recordedHistories } from './histories.ts';
import { paths, pathsOfTime } from './paths.ts';

const names = [...recordedHistories()].map((one) => one.workflowId);

test('every path has been recorded', () => {
  const wanted = Object.keys({ ...paths, ...pathsOfTime }).map((path) => fileOf(path, 1));
  expect(names).toEqual(expect.arrayContaining(wanted));
});

test('F24: the workflow of today follows every recorded history', async () => {
  const results = await replayed(await workflowBundle());
  expect(results).toEqual(names.map((name) => [name, undefined]));
});

test('F24: a change that open runs could not follow is refused', async () => {
  const workflowsPath = fileURLToPath(new URL('./incompatible/index.ts', import.meta.url));
  const logger = new DefaultLogger('ERROR');
  const results = await replayed(await bundleWorkflowCode({ workflowsPath, logger }));
  const refused = results.filter(([, error]) => error === 'DeterminismViolationError');
  expect(refused.map(([name]) => name)).toEqual(names);
});

/** The name of each history with the name of the error that its replay ended in, if any. */
async function replayed(
  workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>> | { codePath: string },
): Promise<[string, string | undefined][]> {
  const results: [string, string | undefined][] = [];
  const replays = Worker.runReplayHistories({ workflowBundle }, recordedHistories());
  for await (const { workflowId, error } of replays) results.push([workflowId, error?.name]);
  return results;
}

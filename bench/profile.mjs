import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/**
 * Loaded first by every Node process of a profiled bench: one CPU profile per thread, written when it ends.
 * (Node 20 does not take --cpu-prof from NODE_OPTIONS.)
 */
const folder = process.env['HOLDFAST_BENCH_PROFILE'] ?? '.';
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.start');
process.once('exit', () => {
  session.post('Profiler.stop', (error, stopped) => {
    if (error) return;
    const name = process.title.replaceAll(/\W+/g, '-');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}-${process.pid}-${threadId}.cpuprofile`), JSON.stringify(stopped.profile)); // prettier-ignore
  });
});

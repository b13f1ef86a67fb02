import { setImmediate } from 'node:timers/promises';

/** So many milliseconds may one request hold the process: who waits behind it does not notice. */
const turnMs = 5;

/** Each of many worked out, and between turns of some milliseconds other requests have theirs. */
export async function takingTurns<One, Result>(
  many: readonly One[],
  work: (one: One) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let began = performance.now();
  for (const one of many) {
    results.push(work(one));
    if (performance.now() - began < turnMs) continue;
    await setImmediate();
    began = performance.now();
  }
  return results;
}

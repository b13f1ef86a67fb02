import { printFailure } from './failure.ts';
import { readSettings } from './settings.ts';
import { createStack, type Running, type Stack } from './stack.ts';

/** What a launcher does with a stack that is up; answers the exit code. */
export type Work = (stack: Stack & Running, asked: AbortSignal) => Promise<number>;

/**
 * Brings up a stack, does `work` with it, and ends all of it. SIGINT, SIGTERM and a closed terminal (SIGHUP)
 * end it at any moment: `asked` tells `work`. Exits with the code of `work`, 0 when it was asked to stop while
 * booting, 1 with one clear line when it could not start.
 */
export async function launch(title: string, work: Work): Promise<never> {
  process.title = title;
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => asked.abort());
  // Whoever read our lines may be gone (`npm start | head -1`): the stack goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return process.exit(await run(work, asked.signal));
}

async function run(work: Work, asked: AbortSignal): Promise<number> {
  let stack: Stack | null = null;
  try {
    stack = createStack(readSettings(process.env), say);
    const running = await Promise.race([stack.start(), aborted(asked)]);
    return running ? await work({ ...stack, ...running }, asked) : 0;
  } catch (error) {
    printFailure(error);
    return 1;
  } finally {
    if (stack) {
      if (asked.aborted) say('stopping');
      await stack.stop();
    }
  }
}

/** A line for the person at the keyboard. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Resolves once somebody asks to stop. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

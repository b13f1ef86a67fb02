import { setTimeout as pause } from 'node:timers/promises';

import type { SandboxAddress } from './sandbox-address.ts';

/** Half of what a payer thinks before he pays: the worker dies while it waits for him. */
const everyMs = 500;

/**
 * Kills the workers once for each new order whose amount asks for that (docs/testing.md, Magic amounts), until the
 * demo is asked to end. The supervisor starts them again.
 *
 * @param killWorkers ends them as `kill -9` does
 */
export async function killWhereAsked(
  sandbox: SandboxAddress,
  killWorkers: () => void,
  tell: (line: string) => void,
  asked: AbortSignal,
): Promise<void> {
  const known = new Set(await ordersThatAsk(sandbox));
  while (!asked.aborted) {
    await pause(everyMs, undefined, { signal: asked }).catch(() => undefined);
    for (const reference of await ordersThatAsk(sandbox)) {
      if (known.has(reference)) continue;
      known.add(reference);
      tell(`the amount of ${reference} asks for it: kill -9 of the worker`);
      killWorkers();
    }
  }
}

/** Their references; none while the sandbox is away. */
async function ordersThatAsk({ control }: SandboxAddress): Promise<readonly string[]> {
  try {
    const response = await fetch(`${control}/control/books?scenario=worker_restarted`);
    const { transactions } = (await response.json()) as { transactions: { reference: string }[] };
    return transactions.map(({ reference }) => reference);
  } catch {
    return [];
  }
}

import type { RunningSandbox } from './running-sandbox.ts';

let ahead = 0;

/** The time in the sandbox that is under test, in milliseconds since the epoch. */
export const sandboxNow = () => Date.now() + ahead;

/**
 * So much later it is in the sandbox.
 *
 * @param ms how long
 */
export async function later(sandbox: RunningSandbox, ms: number): Promise<void> {
  const { status, body } = await sandbox.call('POST', '/control/clock', { advance_ms: ms });
  if (status !== 200) throw new Error(`the clock stands still: ${status}`);
  ahead = body.ahead_ms;
}

/** A reset has set the clock to the machine's time. */
export function clockWasReset(): void {
  ahead = 0;
}

import type { Client } from '@temporalio/client';

/** What Temporal keeps of one workflow id: all its runs together. */
export interface Kept {
  readonly runs: number;
  readonly events: number;
  readonly bytes: number;
}

const patienceMs = 30_000;

/** Waits until no run is open and visibility knows of all that closed, then answers what is kept, by workflow id. */
export async function histories(client: Client): Promise<Map<string, Kept>> {
  await untilQuiet(client);
  const kept = new Map<string, Kept>();
  for await (const run of client.workflow.list()) {
    const before = kept.get(run.workflowId) ?? { runs: 0, events: 0, bytes: 0 };
    kept.set(run.workflowId, {
      runs: before.runs + 1,
      events: before.events + run.historyLength,
      bytes: before.bytes + (run.historySize ?? 0),
    });
  }
  return kept;
}

/** Waits until nothing is under way, so that what a batch has left to do is counted as its own. Throws after 30 s. */
export async function untilQuiet(client: Client): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (let quiet = 0; quiet < 3; ) {
    const { count } = await client.workflow.count(`ExecutionStatus = 'Running'`);
    quiet = count === 0 ? quiet + 1 : 0;
    if (Date.now() > deadline) throw new Error(`${count} workflows did not end in ${patienceMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
} // prettier-ignore

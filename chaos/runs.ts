import { Client, Connection } from '@temporalio/client';

/** What Temporal's visibility says of the actors. */
export interface Runs {
  /** The payments with an open run. */
  readonly open: readonly string[];
  /** Runs that ended as none should. */
  readonly broken: readonly string[];
}

/** Asks each Temporal itself. */
export async function runsAt(addresses: readonly string[]): Promise<Runs> {
  const all = await Promise.all(addresses.map(openRuns));
  return {
    open: all.flatMap((one) => one.open),
    broken: all.flatMap((one) => one.broken),
  };
}

async function openRuns(address: string): Promise<Runs> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const ids = async (status: string) => {
      const found: string[] = [];
      const query = `WorkflowType = 'payment' and ${status}`;
      for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
      return found;
    };
    return {
      open: await ids(`ExecutionStatus = 'Running'`),
      broken: await ids(`ExecutionStatus in ('Failed', 'Terminated', 'TimedOut', 'Canceled')`),
    };
  } finally {
    await connection.close();
  }
}

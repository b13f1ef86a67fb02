import { sleep } from '@temporalio/workflow';

import { payment as asRecorded } from '../../../src/workflows/payment.ts';

/** The workflow with a change that open runs could not follow: it was not guarded by `patched`. */
export async function payment(id: string): Promise<void> {
  await sleep(1);
  await asRecorded(id);
}

import type { Order } from '../../src/channels/order.ts';

/** The task queue of the bare workflow and its activities. */
export const bareQueue = 'bench-bare';

/** What a bare workflow is started with: everything that its outside calls need, since it has no database. */
export interface BareOrder {
  readonly id: string;
  readonly channel: string;
  readonly order: Order;
}

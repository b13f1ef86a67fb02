import { clock } from '../clock.ts';
import type { FaultName } from '../fault.ts';
import type { Transaction } from '../transaction.ts';
import { tellCapture } from './event.ts';
import {
  type Capture,
  findCapture,
  freshId,
  type Order,
  ordersOf,
  type PaypalOptions,
  saveOrder,
  shownState,
} from './order.ts';
import { planReversal } from './reversal.ts';
import { channel } from './wording.ts';

/** How much of an order is taken at once. */
export interface Part {
  readonly amount: number;
  /** Nothing more will be taken. */
  readonly final: boolean;
  readonly invoice_id: string | null;
  readonly bounces?: true;
}

/** All of an order at once. */
export function whole({ amount }: Order): Part {
  return { amount, final: true, invoice_id: null };
}

/** Under this fault PayPal takes back what is captured. */
export function bouncing(faults: ReadonlySet<FaultName>): Pick<Part, 'bounces'> {
  return faults.has('capture_bounce') ? { bounces: true } : {};
}

/**
 * The payer's money is taken, whatever was said before; with funds that need time it is pending at first.
 *
 * @returns the order after it, and the capture
 */
export function take(
  options: PaypalOptions,
  order: Order,
  part: Part,
): { readonly order: Order; readonly capture: Capture } {
  const now = clock.now();
  const capture: Capture = {
    ...part,
    id: freshId(),
    status: order.pends === null ? 'COMPLETED' : 'PENDING',
    reason: order.pends,
    created_at: now,
    updated_at: now,
    settles_at: order.pends === null ? null : now + options.processingMs,
  };
  const after: Order = {
    ...order,
    status: 'COMPLETED',
    is_dead: false,
    updated_at: now,
    captures: [...order.captures, capture],
  };
  saveOrder(options.books, after);
  planSettlement(options, capture);
  tellCapture(options, capture.id);
  planReversal(options, capture);
  return { order: after, capture };
}

/** Another order under the same number that has money, or a claim on it. */
export function chargedOf(transaction: Transaction | undefined, id: string): Order | undefined {
  const others = (transaction ? ordersOf(transaction) : []).filter((one) => one.id !== id);
  return others.find(
    (one) => ['held', 'paid'].includes(shownState(one)) || pendingOf(one) !== undefined,
  );
}

/** The capture that waits for its money. */
export function pendingOf({ captures }: Order): Capture | undefined {
  return captures.find(({ status }) => status === 'PENDING');
}

/**
 * A pending capture turns out to be money, or none.
 *
 * @returns the transaction after it
 */
export function settleCapture(
  options: PaypalOptions,
  order: Order,
  { id }: Capture,
  status: 'COMPLETED' | 'DECLINED',
): Transaction {
  const now = clock.now();
  const captures = order.captures.map((one) =>
    one.id === id ? { ...one, status, updated_at: now, settles_at: null } : one,
  );
  const after = saveOrder(options.books, { ...order, updated_at: now, captures });
  tellCapture(options, id);
  const settled = captures.find((one) => one.id === id);
  if (settled) planReversal(options, settled);
  return after;
}

/** A pending capture completes by itself, if nobody denies it first. */
export function planSettlement(options: PaypalOptions, { id, settles_at }: Capture): void {
  if (settles_at === null) return;
  const { agenda, books } = options;
  agenda.at(`${channel} capture ${id}`, settles_at, () => {
    const found = findCapture(books, id);
    if (found?.capture.status === 'PENDING')
      books.atomically(() => settleCapture(options, found.order, found.capture, 'COMPLETED'));
  });
}

import { ApplicationFailure } from '@temporalio/common';

import type { Message } from '../domain/message.ts';
import type { View } from '../domain/view.ts';
import { faultPoint } from '../fault-point.ts';
import { record } from '../store/record.ts';
import type { Store } from '../store/store.ts';

/** What the actor does to its own payment. */
export interface PaymentActivities {
  /** One transition, one transaction; see `store/record.ts`. */
  readonly record: (paymentId: string, message: Message) => Promise<View>;
}

/** The activities over a store. */
export function paymentActivities(store: Store): PaymentActivities {
  return {
    record: async (paymentId, message) => {
      try {
        faultPoint(`record.${message.fact.kind}.before`);
        const view = await record(store, paymentId, message);
        faultPoint(`record.${message.fact.kind}.after`);
        return view;
      } catch (error) {
        if (isFromOutside(message) && isUnfoldable(error))
          throw ApplicationFailure.nonRetryable(`set aside: ${error.message}`, 'SetAside');
        throw error;
      }
    },
  };
}

/**
 * A callback stays stored and a command's caller is told, so that either may be set aside; repeated without end,
 * one bad one would freeze its payment. What the payment itself waits for is repeated until the code is mended.
 */
function isFromOutside({ fact }: Message): boolean {
  return fact.kind === 'callback' || fact.kind === 'command';
}

/** A bug, or data that PostgreSQL will never take (SQLSTATE class 22), not a database that is away or busy. */
function isUnfoldable(error: unknown): error is Error {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return error.message.startsWith('bug:') || (typeof code === 'string' && /^22...$/.test(code));
}

import { defineSignal, defineUpdate } from '@temporalio/workflow';

import type { Refusal } from '../domain/fact.ts';
import type { Message } from '../domain/message.ts';

/** The task queue of the actors. */
export const paymentQueue = 'payments';

/** The task queue of one channel's calls. */
export function channelQueue(channel: string): string {
  return `channel-${channel}`;
}

/** The task queue of the deliveries to merchants. */
export const webhookQueue = 'webhooks';

/**
 * How one try is run and repeated: a try that failed names the time of the next one itself; the rest is for
 * what should not happen. 15 s for the receiver, 4 s for its name, the rest for a place and two statements.
 */
export const deliveryOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '60s' },
} as const;

/** A command is answered as soon as it is recorded; what became of it stands in PostgreSQL. */
export interface Recorded {
  readonly sequence: number;
  readonly refused?: Refusal;
  /** The request whose command it was; another one only joined it. */
  readonly by?: string;
}

/** Waits for the first stable state. Of APIs before 2026-11-29 only (decision 0024), and of their histories. */
export const firstAnswer = defineUpdate<Recorded>('firstAnswer');
/** A merchant's or an operator's command. An update, because the caller needs the refusal. */
export const command = defineUpdate<Recorded, [Message]>('command');
/** Anything observed. A signal, because it needs no answer and no living worker. */
export const evidence = defineSignal<[Message]>('evidence');

import type { NextFunction, Request, Response } from 'express';

import type { StoredPayment } from '../store/payment.ts';
import type { Dependencies } from './dependencies.ts';

/** Where the time of a request went besides ourselves, in milliseconds. */
export interface Timing {
  /** The channel's, for the calls that ended meanwhile; measured at the socket. */
  channel: number;
  /** What a reader wanted to wait for the next change. */
  wait: number;
}

/** The timing of the request that this response answers. */
export function timingOf(response: Response): Timing {
  const locals = response.locals as { timing?: Timing };
  return (locals.timing ??= { channel: 0, wait: 0 });
}

/** Says on every answer, in `Server-Timing`, how much of its time was our own (W3C Server Timing, milliseconds). */
export function timed(_request: Request, response: Response, next: NextFunction): void {
  const began = performance.now();
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => Response;
  response.writeHead = (...given: unknown[]) => {
    response.setHeader('Server-Timing', serverTiming(performance.now() - began, timingOf(response)));
    return writeHead(...given);
  };
  next();
} // prettier-ignore

function serverTiming(total: number, { channel, wait }: Timing): string {
  const channels = Math.min(channel, total - wait); // calls side by side would be more than the time there was
  const parts = { own: total - wait - channels, channel: channels, wait };
  return Object.entries(parts)
    .map(([name, ms]) => `${name};dur=${Math.round(ms * 10) / 10}`)
    .join(', ');
}

/**
 * The payment once `done` says so, or as it is after `ms`; what the channel took meanwhile is counted.
 *
 * @param payment as it was before; `isNew`: it was just made, and nobody can have moved it yet
 */
export async function reached(
  { waiting }: Pick<Dependencies, 'waiting'>,
  timing: Timing,
  payment: StoredPayment,
  done: (payment: StoredPayment) => boolean,
  ms: number,
  isNew = false,
): Promise<StoredPayment> {
  const known = isNew ? payment : undefined;
  const after = (await waiting.until(payment.id, done, ms, known)) ?? payment;
  timing.channel += after.channel_ms - payment.channel_ms;
  return after;
}

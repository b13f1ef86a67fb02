import type { NextFunction, Request, Response } from 'express';

import { drawId } from '../store/id.ts';
import { Problem } from './problem.ts';

/** A caller that sends this much more than is allowed is not heard to the end. */
const heardBytesMax = 16 * 1024 * 1024;

/**
 * The whole body, or a Problem `body_too_large` when it has more than `most` bytes. What is too much is read
 * and dropped: a socket closed on a caller that still sends would lose him the answer.
 */
export async function readBytes(request: Request, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
    else if (size > heardBytesMax) break;
  }
  if (size > most)
    throw new Problem('body_too_large', `more than ${most} bytes`, {}, { Connection: 'close' });
  return Buffer.concat(chunks);
}

/** Wraps an async handler, so that its Problems and bugs reach the one place that answers them. */
export function handled(work: (request: Request, response: Response) => Promise<void>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    work(request, response).catch(next);
  };
}

/** The id that this answer carries and every log line of it names. */
export function requestIdOf(response: Response): string {
  const locals = response.locals as { requestId?: string };
  return (locals.requestId ??= drawId('req'));
}

import type { Unknown } from '../domain/outcome.ts';

/**
 * A channel answered, and not so that we know what it did. It is asked about, and never taken for a no.
 *
 * @param detail what it said, for the log and the timeline: status and code, nothing of the payer
 */
export function unclear(detail: string): Unknown {
  return { kind: 'unknown', detail };
}

import type { Books } from '../books.ts';
import { tellReport } from './notification.ts';
import type { AdyenOptions } from './payment.ts';
import { channel } from './wording.ts';

/** When the account's first settlement batch began: from then on one follows the other. */
const opened_at = Date.parse('2026-01-01T00:00:00Z');

/** A stretch of time whose money is paid out together. Times in milliseconds. */
export interface Batch {
  readonly number: number;
  readonly begins: number;
  readonly ends: number;
}

/** The batch that is open at a time. */
export function batchAt({ batchMs }: AdyenOptions, time: number): Batch {
  return batchOf({ batchMs }, 1 + Math.floor((time - opened_at) / batchMs));
}

/** The batch with this number, be it over or not. */
export function batchOf({ batchMs }: Pick<AdyenOptions, 'batchMs'>, number: number): Batch {
  const begins = opened_at + (number - 1) * batchMs;
  return { number, begins, ends: begins + batchMs };
}

/** The name of a batch's settlement detail report. */
export function fileOf({ number }: Batch): string {
  return `settlement_detail_report_batch_${number}.csv`;
}

/**
 * The account is in use since then: when the batch of that time is over its report is there, and the merchant is told
 * once; then the next one, and so on, so that a merchant can see by the numbers that one is missing.
 */
export function planReports(options: AdyenOptions, since: number): void {
  planReport(options, batchAt(options, since));
}

function planReport(options: AdyenOptions, batch: Batch): void {
  const { agenda, books } = options;
  const file = fileOf(batch);
  agenda.at(`${channel} ${file}`, batch.ends, () => {
    if (!isTold(books, file)) books.atomically(() => tellReport(options, file));
    planReport(options, batchOf(options, batch.number + 1));
  });
}

function isTold(books: Books, file: string): boolean {
  return books.lastCallback(channel, file) !== undefined;
}

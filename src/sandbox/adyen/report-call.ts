import type { IncomingHttpHeaders } from 'node:http';

import type { Answer } from '../call.ts';
import { about, type Routed } from './call.ts';
import { adyenKeys as keys } from './keys.ts';
import type { AdyenOptions } from './payment.ts';
import { type Batch, batchOf, fileOf } from './settlement.ts';
import { settlementReport } from './settlement-report.ts';
import { channel, notFound, unauthorized } from './wording.ts';

/** Where the Customer Area has the reports of the merchant's account. */
export const reportsPath = `/reports/download/MerchantAccount/${keys.merchant_account}/`;

/** A file in an answer: it is sent as it is. */
export class Sheet {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * `GET /reports/download/MerchantAccount/{account}/{file}` (docs.adyen.com/reporting/automatically-get-reports): for
 * the report user, by name and password or by his key; there once its batch is over.
 */
export function reportCall(
  options: AdyenOptions,
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
): Routed {
  const file = path.slice(reportsPath.length);
  if (!isReportUser(headers)) {
    options.books.violate(channel, file, 'wrong_report_user', `${method} ${path}`);
    return { refused: unauthorized() };
  }
  if (method !== 'GET') return { refused: notFound() };
  return about(null, {
    operation: 'bill',
    references: [file],
    names_amount: false,
    commit: () => report(options, file),
  });
}

function isReportUser({ authorization, 'x-api-key': key }: IncomingHttpHeaders): boolean {
  if (key !== undefined) return key === keys.report_api_key;
  const credentials = Buffer.from(`${keys.report_user}:${keys.report_password}`).toString('base64');
  return authorization === `Basic ${credentials}`;
}

function report(options: AdyenOptions, file: string): Answer {
  const batch = batchNamed(options, file);
  if (!batch || Date.now() < batch.ends) return notFound();
  const body = new Sheet(settlementReport(options.books, batch));
  return { status: 200, body, headers: { 'Content-Type': 'text/csv; charset=utf-8' } };
}

/** The batch whose report has this name, or null when none has. */
function batchNamed(options: AdyenOptions, file: string): Batch | null {
  const number = Number(/\d+/.exec(file)?.[0] ?? 0);
  const batch = batchOf(options, number);
  return number > 0 && fileOf(batch) === file ? batch : null;
}

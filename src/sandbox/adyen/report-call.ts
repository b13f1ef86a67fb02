import type { IncomingHttpHeaders } from 'node:http';

import { billAbout, isPlanted, type Planted, plantedBy, rowsOf } from '../bill.ts';
import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { about, type Routed } from './call.ts';
import { adyenKeys as keys } from './keys.ts';
import type { AdyenOptions } from './payment.ts';
import { type Batch, batchOf, fileOf } from './settlement.ts';
import { ledgerOf, settlementReport } from './settlement-report.ts';
import { channel, notFound, unauthorized } from './wording.ts';

/** Where the Customer Area has the reports of the merchant's account. */
export const reportsPath = `/reports/download/MerchantAccount/${keys.merchant_account}/`;

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
  const batch = batchNamed(options, file);
  const of = batch && billAbout(ledgerOf(options), String(batch.number));
  return about(null, {
    operation: 'bill',
    references: [file, ...(of?.references ?? [])],
    names_amount: of?.names_amount ?? false,
    commit: (_names, struck) => report(options, batch, plantedBy(struck)),
  });
}

function isReportUser({ authorization, 'x-api-key': key }: IncomingHttpHeaders): boolean {
  if (key !== undefined) return key === keys.report_api_key;
  const credentials = Buffer.from(`${keys.report_user}:${keys.report_password}`).toString('base64');
  return authorization === `Basic ${credentials}`;
}

function report(options: AdyenOptions, batch: Batch | null, planted: readonly Planted[]): Answer {
  if (!batch || clock.now() < batch.ends || isPlanted(planted, 'late_file')) return notFound();
  const movements = rowsOf(ledgerOf(options), String(batch.number), planted);
  const text = isPlanted(planted, 'empty_file') ? '' : settlementReport(movements, batch);
  return { status: 200, body: null, text, headers: { 'Content-Type': 'text/csv; charset=utf-8' } };
}

/** The batch whose report has this name, or null when none has. */
function batchNamed(options: AdyenOptions, file: string): Batch | null {
  const number = Number(/\d+/.exec(file)?.[0] ?? 0);
  const batch = batchOf(options, number);
  return number > 0 && fileOf(batch) === file ? batch : null;
}

import { type Money, sum, zero } from '../../domain/money.ts';
import type { QueryAnswer, RefundAnswer, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Line } from '../csv.ts';
import type { Order } from '../order.ts';
import type { RefundOrder } from '../refund.ts';
import type { Reports } from '../report.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { isGapless, linesOf } from './report.ts';
import { grossOf, timeOf } from './settled.ts';
import { settledLaterMs } from './settlement-delay.ts';

/**
 * Looks for our payment in the reports that came out since it was made: nobody can be asked. Of several under our number for
 * the one that we know; another one tells of itself by notice.
 */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const found = await linesOf(call, order.reports?.names ?? []);
  if (found.kind !== 'lines') return unclear(found.detail);
  const named = found.lines.filter((line) => line['Merchant Reference'] === order.reference);
  const lines = named.filter((line) => line['Type'] === 'Settled');
  const [first] = [...lines.filter((line) => line['Psp Reference'] === order.handle), ...lines];
  if (!first) return absent(call.account, order.reports, [...named, ...found.lines.filter(isBulk)]);
  const settled = lines.filter((line) => line['Psp Reference'] === first['Psp Reference']);
  const taken = totalOf(settled);
  const channel_reference = first['Psp Reference'] ?? '';
  if (!taken || channel_reference === '') return unclear('settled in an unreadable amount');
  const receipt = { channel_reference, ...taken, paid_at: timeOf(first, call.now()) };
  return settledAs(order, receipt);
}

/** What was held and settled is what was captured of it, and nothing of it is held any more. */
function settledAs(
  { capture, amount: held }: Order,
  receipt: Money & { readonly channel_reference: string; readonly paid_at: string },
): QueryAnswer {
  if (capture === 'automatic') return { kind: 'approved', receipt };
  const { channel_reference, amount: captured, currency } = receipt;
  const hold = { channel_reference, held, captured, currency, ends_at: null };
  return { kind: 'held', ...hold, is_over: true };
}

/** Looks for our refund in the reports. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const found = await linesOf(call, order.reports?.names ?? []);
  if (found.kind !== 'lines') return unclear(found.detail);
  const named = found.lines.filter((line) => namesRefund(line, order));
  const line = named.find((one) => one['Type'] === 'Refunded');
  if (!line) {
    const unnamed = found.lines.filter((one) => isBulk(one) || isUnnamedRefund(one, order));
    return absent(call.account, order.reports, [...named, ...unnamed]);
  }
  const money = grossOf(line, 'out');
  if (!money) return unclear('refunded in an unreadable amount');
  const channel_reference = line['Modification Reference'] || null;
  return { kind: 'refund', status: 'succeeded', channel_reference, ...money };
}

/** By our number for it, or by Adyen's where that was told. */
function namesRefund(line: Line, { reference, channel_reference }: RefundOrder): boolean {
  if (line['Modification Merchant Reference'] === reference) return true;
  return channel_reference !== null && line['Modification Reference'] === channel_reference;
}

/** A refund of the same payment without a number of ours, as in a report that has no column for it: it may be this one. */
function isUnnamedRefund(line: Line, { attempt_reference }: RefundOrder): boolean {
  if (line['Merchant Reference'] !== attempt_reference) return false;
  return /^Refund/.test(line['Type'] ?? '') && !line['Modification Merchant Reference'];
}

/** One line for many (SettledBulk, RefundedBulk, BulkSettlement): those that it is about stand in it by no number. */
function isBulk(line: Line): boolean {
  return /Bulk/.test(line['Type'] ?? '') && !line['Merchant Reference'];
}

/**
 * What is in no report never happened, once one is out in which it must stand, and none before that is missing.
 *
 * @param doubtful lines that bear its number, or may mean it, whatever their type (SettledInInstallments, RefundedExternally and
 *   others of Adyen's journals that we do not read): then it is not absent, and a person looks when asking ends
 */
function absent(
  account: Account,
  reports: Reports | undefined,
  [doubtful]: readonly Line[],
): Unknown | { readonly kind: 'not_found' } {
  if (doubtful) return unclear(`stands in a report as '${doubtful['Type']}'`);
  const lateMs = reports?.late_ms ?? null;
  if (!reports || lateMs === null || lateMs < settledLaterMs(account))
    return unclear('in no report so far');
  return isGapless(reports) ? { kind: 'not_found' } : unclear('a report is missing');
}

function totalOf(settled: readonly Line[]): Money | null {
  const taken = settled.map((line) => grossOf(line, 'in'));
  const currency = taken[0]?.currency;
  const amounts = taken.flatMap((one) => (one?.currency === currency && one ? [one.amount] : []));
  if (currency === undefined || amounts.length !== taken.length) return null;
  return { amount: sum([zero, ...amounts]), currency };
}

import { type Minor, toMinor } from '../../domain/money.ts';

/** Fen as Alipay writes them: yuan with two decimals. */
export function inYuan(amount: Minor): string {
  const digits = String(amount).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Yuan in fen, exactly; null for what is not an amount. At most 13 digits before the point: all of them are safe. */
export function toFen(yuan: string | null | undefined): Minor | null {
  const [, whole, part = ''] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(yuan ?? '') ?? [];
  return whole === undefined ? null : toMinor(Number(whole + part.padEnd(2, '0')));
}

import type { z } from 'zod';

export const channel = 'alipay';

/** What Alipay says inside an answer: `code`, `msg`, and the fields or the refusal. */
export type Said = Readonly<Record<string, unknown>>;

/** 10000: done. */
export function success(fields: Said = {}): Said {
  return { code: '10000', msg: 'Success', ...fields };
}

/**
 * 40004: the business side says no, or (ACQ.SYSTEM_ERROR) does not know.
 *
 * @param sub_code e.g. ACQ.TRADE_NOT_EXIST
 * @param sub_msg for people
 */
export function failed(sub_code: string, sub_msg: string): Said {
  return { code: '40004', msg: 'Business Failed', sub_code, sub_msg };
}

const messages = {
  20000: 'Service Currently Unavailable',
  40001: 'Missing Required Arguments',
  40002: 'Invalid Arguments',
  40005: 'Call Limited',
} as const;

/**
 * The gateway's own refusal: nothing reached the business side, except with 20000, where nobody knows.
 *
 * @param sub_code e.g. isv.invalid-signature
 * @param sub_msg for people
 */
export function refused(code: keyof typeof messages, sub_code: string, sub_msg: string): Said {
  return { code: String(code), msg: messages[code], sub_code, sub_msg };
}

/** A biz_content that Alipay cannot accept. */
export function invalidParameter({ issues }: z.ZodError): Said {
  const lines = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return failed('ACQ.INVALID_PARAMETER', `参数无效：${lines.join('; ')}`);
}

export const tradeNotExist = failed('ACQ.TRADE_NOT_EXIST', '交易不存在');

/**
 * A time as Alipay's clock says it: Beijing's, without a zone.
 *
 * @param at milliseconds since the epoch, or RFC 3339
 */
export function beijing(at: number | string): string {
  return beijingMs(at).slice(0, 19);
}

/** The same with milliseconds, as `gmt_refund` has it. */
export function beijingMs(at: number | string): string {
  const shifted = new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString();
  return shifted.slice(0, 23).replace('T', ' ');
}

/** What Alipay calls `2026-11-29 18:00:00`, in milliseconds since the epoch. */
export function fromBeijing(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}+08:00`);
}

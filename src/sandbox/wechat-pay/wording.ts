import { randomInt } from 'node:crypto';

import { z } from 'zod';

import type { Answer } from '../call.ts';

export const channel = 'wechat-pay';

/**
 * An error as WeChat answers it (channels.md 1.8).
 *
 * @param status the HTTP status
 * @param code WeChat's code, e.g. ORDER_NOT_EXIST
 * @param message for people
 */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } };
}

/** An error in the other spelling that is live: ORDERNOTEXIST for ORDER_NOT_EXIST. Other answers stay as they are. */
export function respelt(answer: Answer): Answer {
  const { body } = answer;
  if (!body || !('code' in body)) return answer;
  return { ...answer, body: { ...body, code: String(body.code).replaceAll('_', '') } };
}

/** Text of at most so many bytes of UTF-8, in which a Chinese character is three: WeChat counts bytes (字节数). */
export function bytes(most: number) {
  const isShort = (text: string) => Buffer.byteLength(text) <= most;
  return z.string().refine(isShort, `字符串规则校验失败，字节数大于最大值 ${most}`);
}

/**
 * A body that WeChat cannot read: 400 PARAM_ERROR that names every field.
 *
 * @param error what zod says
 */
export function paramError({ issues }: z.ZodError): Answer {
  const lines = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return refusal(400, 'PARAM_ERROR', lines.join('; '));
}

export const unknownOrder = refusal(404, 'ORDER_NOT_EXIST', '订单不存在');
export const wrongApp = refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配');
export const systemError = refusal(500, 'SYSTEM_ERROR', '系统错误');

/** A number of WeChat's own: of a payment (42) or a refund (50). */
export function freshNumber(prefix: '42' | '50'): string {
  const random = randomInt(10 ** 12).toString();
  return prefix + random.padStart(26, '0');
}

/**
 * A time as WeChat's clock says it, +08:00.
 *
 * @param at milliseconds since the epoch, or RFC 3339
 */
export function shanghai(at: number | string): string {
  return `${new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

/** The same as in a bill: `2026-11-29 18:00:00`. */
export function billTime(at: number | string): string {
  return shanghai(at).slice(0, 19).replace('T', ' ');
}

/** The same as in WeChat's numbers: `20261129180000`. */
export function digits(at: number | string): string {
  return billTime(at).replace(/\D/g, '');
}

/** Fen as yuan, as bills have it; negative where money goes back. */
export function yuan(fen: number): string {
  return (fen / 100).toFixed(2);
}

import type { z } from 'zod';

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

/**
 * A body that WeChat cannot read: 400 PARAM_ERROR that names every field.
 *
 * @param error what zod says
 */
export function paramError({ issues }: z.ZodError): Answer {
  const lines = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return refusal(400, 'PARAM_ERROR', lines.join('; '));
}

/**
 * A time as WeChat's clock says it, +08:00.
 *
 * @param at milliseconds since the epoch, or RFC 3339
 */
export function shanghai(at: number | string): string {
  return `${new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

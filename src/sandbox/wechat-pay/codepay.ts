import type { Answer } from '../call.ts';
import { ordered } from './order.ts';
import { decline, pay } from './payer.ts';
import { type Asked, member } from './request.ts';
import { wire } from './trade.ts';
import { refusal, systemError } from './wording.ts';

/** What comes of a payer's code, by its last two digits; any other pays. */
const conducts = {
  '01': 'asks', // 202 USERPAYING: he must type his password; he pays or declines by the control API
  '02': 'declines',
  '03': 'pays in silence', // 500, and the money was taken
  '04': 'is lost', // 500, and there is no order
} as const;
type Conduct = (typeof conducts)[keyof typeof conducts] | 'pays';

/** What comes of the payer's code that a request names. */
export function conductOf(body: unknown): Conduct {
  const payer = (body as { readonly payer?: unknown } | null)?.payer;
  const ending = member(payer ?? null, 'auth_code').slice(-2);
  return (conducts as Readonly<Record<string, Conduct>>)[ending] ?? 'pays';
}

/**
 * `POST /v3/pay/transactions/codepay`: the merchant scans the payer's code, which takes the money at once, or asks
 * him for his password first. Nobody is called back.
 */
export function payByCode({ options, body, serial }: Asked): Answer {
  const conduct = conductOf(body);
  if (conduct === 'is lost') return systemError;
  const result = ordered(options.books, 'codepay', { body, serial });
  if ('refused' in result) return result.refused;
  switch (conduct) {
    case 'asks':
      return refusal(202, 'USERPAYING', '用户支付中，需要输入密码');
    case 'declines':
      decline(options, result.transaction);
      return refusal(403, 'TRADE_ERROR', '交易失败');
    case 'pays':
      return { status: 200, body: wire(pay(options, result.transaction)) };
    case 'pays in silence':
      pay(options, result.transaction);
      return systemError;
  }
}

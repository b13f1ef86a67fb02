import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { alipayKeys as keys } from './keys.ts';
import { yuan } from './money.ts';
import { orderOf } from './order.ts';
import { signatureOf, signedText } from './signature.ts';
import { beijing } from './wording.ts';

/**
 * Where a payer who has paid is sent back to: the merchant's `return_url` with signed parameters, which prove
 * nothing about the money. Null when the merchant named none.
 */
export function returnUrl(transaction: Transaction): string | null {
  const { return_url, method } = orderOf(transaction);
  const taking = transaction.takings[0];
  if (return_url === null || !URL.canParse(return_url) || !taking) return null;
  const parameters = {
    charset: 'utf-8',
    method: `${method}.return`,
    app_id: keys.app_id,
    auth_app_id: keys.app_id,
    seller_id: keys.seller_id,
    out_trade_no: transaction.reference,
    trade_no: taking.transaction_id,
    total_amount: yuan(taking.amount),
    timestamp: beijing(clock.now()),
    version: '1.0',
  };
  const sign = signatureOf(signedText(Object.entries(parameters), []));
  const url = new URL(return_url);
  for (const [name, value] of Object.entries({ ...parameters, sign_type: 'RSA2', sign }))
    url.searchParams.set(name, value);
  return url.href;
}

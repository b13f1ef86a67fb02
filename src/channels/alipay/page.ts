import type { CreateAnswer } from '../../domain/outcome.ts';
import type { Call, Order } from '../channel.ts';
import type { Account } from './account.ts';
import { addressed, signed } from './request.ts';

interface Page {
  readonly method: string;
  readonly product_code: string;
}

/** Methods whose order the payer's browser makes (channels.md 2.4). */
const pages = new Map<string, Page>([
  ['alipay_page', { method: 'alipay.trade.page.pay', product_code: 'FAST_INSTANT_TRADE_PAY' }],
  ['alipay_wap', { method: 'alipay.trade.wap.pay', product_code: 'QUICK_WAP_WAY' }],
]);

/**
 * The address of the page where the payer pays; null for a method without one. Nothing is sent: the order comes into
 * being when the payer, who got the address from our row, opens it and logs in. Made anew it is signed at another
 * time, and opens the same order.
 */
export function pageOf(call: Call<Account>, order: Order, content: object): CreateAnswer | null {
  const page = pages.get(order.method);
  if (!page) return null;
  const { method, product_code } = page;
  const { notify_url, return_url } = order;
  const addresses = { notify_url, ...(return_url === null ? {} : { return_url }) };
  const parameters = signed(call, method, { ...content, product_code }, addresses);
  return {
    kind: 'action_required',
    next_action: { type: 'redirect', url: addressed(call.account, parameters) },
    code_ends_at: null,
  };
}

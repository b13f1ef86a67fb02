import type { CreateAnswer, NextAction } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Parameters } from '../form.ts';
import type { Order } from '../order.ts';
import type { Account } from './account.ts';
import { addressed, signed } from './request.ts';

interface Page {
  readonly method: string;
  readonly product_code: string;
  /** How the payer comes there: by an address, or by what the merchant's app hands to Alipay's SDK. */
  readonly opened: (account: Account, parameters: Parameters) => NextAction;
}

const atAddress: Page['opened'] = (account, parameters) => ({
  type: 'redirect',
  url: addressed(account, parameters),
});

/** The SDK takes the parameters as one text, encoded (channels.md 2.4). */
const inApp: Page['opened'] = (_account, parameters) => {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`); // prettier-ignore
  return { type: 'sdk_params', params: { order_string: pairs.join('&') } };
};

/** Methods whose order the payer's browser or app makes (channels.md 2.4). */
const pages = new Map<string, Page>([
  [
    'alipay_page',
    { method: 'alipay.trade.page.pay', product_code: 'FAST_INSTANT_TRADE_PAY', opened: atAddress },
  ],
  [
    'alipay_wap',
    { method: 'alipay.trade.wap.pay', product_code: 'QUICK_WAP_WAY', opened: atAddress },
  ],
  [
    'alipay_app',
    { method: 'alipay.trade.app.pay', product_code: 'QUICK_MSECURITY_PAY', opened: inApp },
  ],
]);

/**
 * What leads to where the payer pays; null for a method without one. Nothing is sent: the order comes into
 * being when the payer, who got it from our row, opens it and logs in. Made anew it is signed at another
 * time, and opens the same order.
 */
export function pageOf(call: Call<Account>, order: Order, content: object): CreateAnswer | null {
  const page = pages.get(order.method);
  if (!page) return null;
  const { method, product_code, opened } = page;
  const { notify_url, return_url } = order;
  const addresses = { notify_url, ...(return_url === null ? {} : { return_url }) };
  const parameters = signed(call, method, { ...content, product_code }, addresses);
  return {
    kind: 'action_required',
    next_action: opened(call.account, parameters),
    code_ends_at: null,
  };
}

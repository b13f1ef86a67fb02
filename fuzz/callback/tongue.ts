import type { Keys } from '../sandbox.ts';
import { adyen } from './adyen.ts';
import { alipay } from './alipay.ts';
import { bankTransfer } from './bank-transfer.ts';
import type { Tongue } from './notice.ts';
import { paypal } from './paypal.ts';
import { stripe } from './stripe.ts';
import { unionpay } from './unionpay.ts';
import { wechatPay } from './wechat-pay.ts';

/** How every channel speaks that calls back. */
export function tonguesOf(keys: Keys): readonly Tongue[] {
  return [
    wechatPay(keys),
    stripe(keys),
    alipay(keys),
    paypal(keys),
    bankTransfer(keys),
    adyen(keys),
    unionpay(keys),
  ];
}

import wechatpay from 'wechatpay-axios-plugin';

import type { RawCallback } from '../../../src/channels/callback.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { type Account, parseAccount } from '../../../src/channels/wechat-pay/account.ts';
import { answeringAs } from '../answering.ts';
import { keyPair } from '../key-pair.ts';

const { Aes, Formatter, Rsa } = wechatpay as any;

export const merchant = keyPair();
export const platform = keyPair();
export const rotated = keyPair();
export const stranger = keyPair();

export const settings = {
  base_url: 'https://api.mch.weixin.qq.com',
  appid: 'wx8888888888888888',
  mchid: '1900000109',
  merchant_serial: '5157F09EFDC096DE15EBE81A47057A72',
  merchant_private_key: merchant.privateKey,
  platform_keys: { PLATFORM1: platform.publicKey, PUB_KEY_ID_2: rotated.publicKey },
  api_v3_key: '0123456789abcdef0123456789abcdef',
};
export const account: Account = parseAccount(settings);
export const now = new Date('2026-11-25T02:00:00Z');

export interface Signing {
  readonly key?: string;
  readonly serial?: string;
  readonly at?: Date;
  readonly signature?: string;
}

/** Headers under which WeChat sends this text: signed by the third-party library, not by our own code. */
export function signed(body: string, signing: Signing = {}): Record<string, string> {
  const { key = platform.privateKey, serial = 'PLATFORM1', at = now } = signing;
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const nonce = Formatter.nonce() as string;
  const message = Formatter.response(timestamp, nonce, body);
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': serial,
    'wechatpay-signature': signing.signature ?? Rsa.sign(message, Rsa.from(key, 'private')),
  };
}

/** A reply of WeChat, signed unless told otherwise. */
export function replied(status: number, content: unknown, signing?: Signing): HttpReply {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return { kind: 'reply', status, body, headers: signed(body, signing) };
}

export const refusedWith = (status: number, code: string): HttpReply =>
  replied(status, { code, message: '原因' });

/** A call that is answered so, and what it sent. */
export const answering = answeringAs(account, now);

/** A callback with this resource, encrypted and signed by the third-party library. */
export function notified(
  resource: unknown,
  given: { event_type?: string; sealing?: string; aad?: string; change?: object } & Signing = {},
): RawCallback {
  const { event_type = 'TRANSACTION.SUCCESS', sealing = settings.api_v3_key, aad = 'transaction' } = given; // prettier-ignore
  const nonce = 'abcdefghijkl';
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource);
  const body = JSON.stringify({
    id: 'EV-2018022511223320873',
    create_time: '2026-11-25T10:00:00+08:00',
    resource_type: 'encrypt-resource',
    event_type,
    summary: '支付成功',
    resource: {
      original_type: 'transaction',
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: Aes.AesGcm.encrypt(text, sealing, nonce, aad),
      associated_data: aad,
      nonce,
    },
    ...given.change,
  });
  return { headers: signed(body, given), body: Buffer.from(body) };
}

export const paidTransaction = {
  appid: settings.appid,
  mchid: settings.mchid,
  out_trade_no: 'att_01kaw0000000000000000000001',
  transaction_id: '4200000925202101284914840000',
  trade_type: 'NATIVE',
  trade_state: 'SUCCESS',
  trade_state_desc: '支付成功',
  bank_type: 'OTHERS',
  attach: '',
  success_time: '2026-11-25T09:59:58+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: { total: 1999, payer_total: 1999, currency: 'CNY', payer_currency: 'CNY' },
};

export const madeRefund = {
  refund_id: '50000000382019052709732678859',
  out_refund_no: 'ref_01kaw0000000000000000000001',
  transaction_id: paidTransaction.transaction_id,
  out_trade_no: paidTransaction.out_trade_no,
  channel: 'ORIGINAL',
  user_received_account: '招商银行信用卡0403',
  create_time: '2026-11-25T10:00:00+08:00',
  status: 'PROCESSING',
  amount: { total: 1999, refund: 500, payer_total: 1999, payer_refund: 500, currency: 'CNY' },
};

/** The same as its callback tells it: another name for the state, no currency, and the merchant. */
export const refundNotice = {
  mchid: settings.mchid,
  ...{ ...madeRefund, status: undefined },
  refund_status: 'SUCCESS',
  amount: { total: 1999, refund: 500, payer_total: 1999, payer_refund: 500 },
};

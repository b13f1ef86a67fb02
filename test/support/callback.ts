import { createCipheriv, randomBytes, randomUUID, sign } from 'node:crypto';

import type { Merchant } from './merchant.ts';

/** How a hand-made callback differs from a genuine one. */
export interface Given {
  readonly event_type?: string;
  readonly resource?: object;
  /** Seconds to add to the timestamp. */
  readonly skew?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly account?: string;
  /** Sent in place of the signed body. */
  readonly body?: string;
}

/** Sends WeChat callbacks that anyone could make with the published test keys (contract section 7, `/control/keys`). */
export class CallbackSender {
  private readonly api: string;
  private readonly keys: any;

  private constructor(api: string, keys: any) {
    this.api = api;
    this.keys = keys;
  }

  /** @param given other keys than the published ones */
  static async of(merchant: Merchant, given: object = {}): Promise<CallbackSender> {
    const { body } = await merchant.control('GET', '/control/keys');
    return new CallbackSender(merchant.ready.api, { ...body['wechat-pay'], ...given });
  }

  /** What WeChat would say of a payment of this attempt. */
  resourceOf(payment: any, given: object = {}): object {
    return {
      appid: this.keys.appid,
      mchid: this.keys.mchid,
      out_trade_no: payment.attempts[0].reference,
      transaction_id: `42${randomBytes(12).toString('hex')}`,
      trade_type: 'NATIVE',
      trade_state: 'SUCCESS',
      success_time: '2026-11-25T10:00:00+08:00',
      payer: { openid: 'oPayer' },
      amount: { total: payment.amount, payer_total: payment.amount, currency: 'CNY', payer_currency: 'CNY' },
      ...given,
    }; // prettier-ignore
  }

  async send(given: Given): Promise<{ status: number; body: string }> {
    const text = JSON.stringify({
      id: randomUUID(),
      create_time: '2026-11-25T10:00:00+08:00',
      resource_type: 'encrypt-resource',
      event_type: given.event_type ?? 'TRANSACTION.SUCCESS',
      resource: this.encrypted(JSON.stringify(given.resource)),
    });
    const timestamp = String(Math.floor(Date.now() / 1_000) + (given.skew ?? 0));
    const nonce = randomBytes(16).toString('hex');
    const message = `${timestamp}\n${nonce}\n${text}\n`;
    const account = given.account ?? this.keys.channel_account;
    const response = await fetch(`${this.api}/v1/callbacks/wechat-pay/${account}`, {
      method: 'POST',
      body: given.body ?? text,
      headers: {
        'Content-Type': 'application/json',
        'Wechatpay-Timestamp': timestamp,
        'Wechatpay-Nonce': nonce,
        'Wechatpay-Serial': this.keys.platform_serial,
        'Wechatpay-Signature': sign('sha256', Buffer.from(message), this.keys.platform_private_key).toString('base64'),
        ...given.headers,
      },
    }); // prettier-ignore
    return { status: response.status, body: await response.text() };
  }

  private encrypted(text: string): object {
    const nonce = randomBytes(6).toString('hex');
    const cipher = createCipheriv('aes-256-gcm', this.keys.api_v3_key, nonce);
    cipher.setAAD(Buffer.from('transaction'));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { algorithm: 'AEAD_AES_256_GCM', ciphertext: sealed.toString('base64'), associated_data: 'transaction', nonce };
  } // prettier-ignore
}

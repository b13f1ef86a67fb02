import { randomBytes } from 'node:crypto';

import wechatpay from 'wechatpay-axios-plugin';

import type { RunningSandbox } from './running-sandbox.ts';

const { Formatter, Rsa, Wechatpay } = wechatpay as any;
const native = '/v3/pay/transactions/native';
const refunds = '/v3/refund/domestic/refunds';

/** A number nobody used before. */
export function freshNumber(prefix = 'att'): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/**
 * A merchant that signs and verifies with the third-party `wechatpay-axios-plugin`.
 *
 * @param config what his client has besides; `certs`: the keys of WeChat's that he believes, by serial
 */
export function openMerchant(
  sandbox: RunningSandbox,
  keys: any,
  notifyUrl: string,
  timeout = 10_000,
  config: object = {},
) {
  const { v3 } = new Wechatpay({
    mchid: keys.mchid,
    serial: keys.merchant_serial,
    privateKey: keys.merchant_private_key,
    certs: { [keys.platform_serial]: keys.platform_public_key },
    baseURL: sandbox.channel,
    timeout,
    ...config,
  }).client;
  const order = (reference: string, amount = 1999, more: object = {}) => ({
    appid: keys.appid,
    mchid: keys.mchid,
    description: 'Two tickets',
    out_trade_no: reference,
    notify_url: `${notifyUrl}/${keys.channel_account}`,
    amount: { total: amount, currency: 'CNY' },
    ...more,
  });
  const heard = async (work: Promise<any>) => {
    const response = await work.catch((error: unknown) => {
      const { response, message } = error as { response?: unknown; message: string };
      if (response && !message.includes('aborted')) return response; // a torn answer is none
      throw error;
    });
    return { status: response.status as number, body: response.data, headers: response.headers };
  };
  return {
    order,
    get: (path: string, config: object = {}) => heard(v3.get(path, config)),
    post: (path: string, body: object, config: object = {}) => heard(v3.post(path, body, config)),
    /** An order that is paid in another way than by QR code. */
    createBy: (product: string, body: object) =>
      heard(v3.post(`/v3/pay/transactions/${product}`, body)),
    create: (body: object) => heard(v3.post(native, body)),
    query: (reference: string) =>
      heard(
        v3.get(`/v3/pay/transactions/out-trade-no/${reference}`, { params: { mchid: keys.mchid } }),
      ),
    queryById: (id: string) =>
      heard(v3.get(`/v3/pay/transactions/id/${id}`, { params: { mchid: keys.mchid } })),
    close: (reference: string) =>
      heard(v3.post(`/v3/pay/transactions/out-trade-no/${reference}/close`, { mchid: keys.mchid })),
    refund: (body: object) => heard(v3.post(refunds, body)),
    certificates: () => heard(v3.get('/v3/certificates')),
    queryRefund: (reference: string) => heard(v3.get(`${refunds}/${reference}`)),
    /** A hand-made request, to be wrong in one chosen way. */
    raw: async (
      path: string,
      wrong: { at?: number; signature?: string; without?: string[] } = {},
    ) => {
      const timestamp = String(wrong.at ?? Math.floor(Date.now() / 1000));
      const nonce = Formatter.nonce();
      const signature =
        wrong.signature ??
        Rsa.sign(
          Formatter.request('GET', path, timestamp, nonce),
          Rsa.from(keys.merchant_private_key, Rsa.KEY_TYPE_PRIVATE),
        );
      const headers: Record<string, string> = {
        Accept: 'application/json',
        'User-Agent': 'test',
        Authorization: Formatter.authorization(
          keys.mchid, nonce, signature, timestamp, keys.merchant_serial,
        ), // prettier-ignore
      };
      for (const name of wrong.without ?? []) headers[name] = '';
      const response = await fetch(sandbox.channel + path, { headers });
      return { status: response.status, body: JSON.parse(await response.text()) };
    },
    refundOf: (reference: string, amount: number, total = 1999, more: object = {}) => ({
      out_trade_no: reference,
      out_refund_no: freshNumber('ref'),
      amount: { refund: amount, total, currency: 'CNY' },
      ...more,
    }),
  };
}

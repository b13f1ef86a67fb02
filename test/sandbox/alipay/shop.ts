import { AlipaySdk } from 'alipay-sdk';

import { clockWasReset } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { type RunningSandbox, startSandbox } from '../running-sandbox.ts';
import { type AlipayReceiver, openAlipayReceiver } from './receiver.ts';

/** A sandbox, a merchant who uses it through the vendor's SDK, his notify_url, and payers. */
export interface AlipayShop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: AlipayReceiver;
  readonly sdk: AlipaySdk;
  readonly client: (more?: object) => AlipaySdk;
  /** A call whose answer's signature the SDK has verified. */
  readonly call: (method: string, biz: object, more?: object, sdk?: AlipaySdk) => Promise<any>;
  readonly order: (reference?: string, more?: object) => any;
  readonly precreate: (order: object, sdk?: AlipaySdk) => Promise<any>;
  readonly query: (reference: string) => Promise<any>;
  readonly close: (reference: string) => Promise<any>;
  readonly refundOf: (reference: string, amount: string, more?: object) => any;
  readonly refund: (refund: object) => Promise<any>;
  readonly queryRefund: (refund: any) => Promise<any>;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<void>;
  readonly act: (reference: string, body: object) => Promise<{ status: number; body: any }>;
  /** A code that nobody has scanned. */
  readonly ordered: (more?: object) => Promise<string>;
  /** One that a payer has scanned and not paid. */
  readonly scanned: (more?: object) => Promise<string>;
  readonly paid: (more?: object) => Promise<string>;
  readonly transaction: (reference: string) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  readonly reset: () => Promise<void>;
  readonly finish: () => Promise<void>;
}

export async function openAlipayShop(env: Record<string, string> = {}): Promise<AlipayShop> {
  const sandbox = await startSandbox(env);
  const receiver = await openAlipayReceiver();
  const keys = (await sandbox.call('GET', '/control/keys')).body.alipay;
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const client = (more: object = {}) =>
    new AlipaySdk({
      appId: keys.app_id,
      privateKey: keys.app_private_key,
      keyType: 'PKCS8',
      alipayPublicKey: keys.alipay_public_key,
      gateway: `${sandbox.alipay}/gateway.do`,
      camelcase: false,
      ...more,
    });
  const sdk = client();
  receiver.isGenuine = (notice) => sdk.checkNotifySignV2(notice);
  const ofTrade = (method: string) => (reference: string) =>
    shop.call(`alipay.trade.${method}`, { out_trade_no: reference });
  const made =
    (action: string | null) =>
    async (more: object = {}) => {
      const order = shop.order(freshNumber(), more);
      expect(await shop.precreate(order)).toMatchObject({ code: '10000' });
      if (action) expect((await shop.act(order.out_trade_no, { action })).status).toBe(200);
      return order.out_trade_no as string;
    };
  const shop: AlipayShop = {
    sandbox,
    keys,
    receiver,
    sdk,
    client,
    call: (method, biz, more = {}, by = sdk) =>
      by.exec(method, { bizContent: biz, ...more }, { validateSign: true }),
    order: (reference = freshNumber(), more = {}) => ({
      out_trade_no: reference,
      total_amount: '19.99',
      subject: 'Two tickets, 两张票',
      ...more,
    }),
    precreate: (order, by = sdk) =>
      shop.call('alipay.trade.precreate', order, { notifyUrl: receiver.url }, by),
    query: ofTrade('query'),
    close: ofTrade('close'),
    refundOf: (reference, amount, more = {}) => ({
      out_trade_no: reference,
      refund_amount: amount,
      out_request_no: freshNumber('ref'),
      ...more,
    }),
    refund: (refund) => shop.call('alipay.trade.refund', refund),
    queryRefund: ({ out_trade_no, out_request_no }) =>
      shop.call('alipay.trade.fastpay.refund.query', { out_trade_no, out_request_no }),
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'alipay', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: (reference, body) => control('POST', `payers/alipay/${reference}`, body),
    ordered: made(null),
    scanned: made('decline'),
    paid: made('pay'),
    transaction: async (reference) =>
      (await control('GET', `books?channel=alipay&reference=${reference}`)).body.transactions[0],
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.answer = { status: 200, body: 'success' };
      await control('POST', 'reset');
      clockWasReset();
      receiver.heard.length = 0;
    },
    finish: async () => {
      await shop.sandbox.discard();
      await receiver.close();
    },
  };
  return shop;
}

import { clockWasReset, sandboxNow } from '../later.ts';
import { type RunningSandbox, startSandbox } from '../running-sandbox.ts';
import { openUnionpayReceiver, type UnionpayReceiver } from './receiver.ts';
import { beijing, isGenuine, membersOf, signedBy } from './wire.ts';

type Members = Record<string, string>;

/** A sandbox, a merchant who signs for himself, his backUrl, and payers. */
export interface UnionpayShop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: UnionpayReceiver;
  /** What its answers are believed by. */
  certificate: string;
  /** Signed and sent, as it is; the answer's signature is verified. */
  readonly call: (path: string, members: Members) => Promise<Members>;
  /** An order by code, or with `tn` for a client. */
  readonly order: (more?: Members, product?: 'qrCode' | 'tn') => Members;
  readonly create: (order: Members) => Promise<Members>;
  readonly query: (of: Members) => Promise<Members>;
  readonly refundOf: (order: Members, queryId: string, txnAmt: string, more?: Members) => Members;
  readonly refund: (refund: Members) => Promise<Members>;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<void>;
  readonly act: (order: Members, body: object) => Promise<{ status: number; body: any }>;
  /** One that was made, by whatever became of it. */
  readonly made: (action: 'pay' | 'decline' | 'abandon' | null, more?: Members) => Promise<Members>;
  /** One that was paid, and UnionPay's number of the payment. */
  readonly paid: () => Promise<{ order: Members; queryId: string }>;
  /** Where the sandbox shows what `qr.95516.com` does. */
  readonly pageOf: (qrCode: string) => string;
  readonly transaction: (order: Members) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  readonly reset: () => Promise<void>;
  readonly finish: () => Promise<void>;
}

let last = Date.now();
/** A number that was never used: letters and digits. */
export const freshOrderId = (prefix = 'att') => `${prefix}${(last += 1)}`;

const paths: Record<string, string> = { '01 01': 'app', '01 07': 'back', '04 00': 'back' };

export async function openUnionpayShop(env: Record<string, string> = {}): Promise<UnionpayShop> {
  const sandbox = await startSandbox(env);
  const { unionpay: keys } = (await sandbox.call('GET', '/control/keys')).body;
  const receiver = await openUnionpayReceiver(keys.unionpay_certificate);
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const common = () => ({
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    certId: keys.cert_id as string,
    accessType: '0',
    merId: keys.mer_id as string,
    channelType: '08',
    txnTime: beijing(sandboxNow()),
  });
  const send = ({ txnType, txnSubType, ...rest }: Members) =>
    shop.call(`${paths[`${txnType} ${txnSubType}`]}TransReq`, {
      txnType,
      txnSubType,
      ...rest,
    } as Members);
  const shop: UnionpayShop = {
    sandbox,
    keys,
    receiver,
    certificate: keys.unionpay_certificate,
    call: async (path, members) => {
      const body = new URLSearchParams(signedBy(keys.merchant_private_key, members));
      const url = `${shop.sandbox.unionpay}/gateway/api/${path}.do`;
      const response = await fetch(url, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(5_000),
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      const answer = membersOf(text);
      expect(isGenuine(answer, shop.certificate)).toBe(true);
      return answer;
    },
    order: (more = {}, product = 'qrCode') => ({
      ...common(),
      txnType: '01',
      ...(product === 'qrCode'
        ? { txnSubType: '07', bizType: '000000' }
        : { txnSubType: '01', bizType: '000201' }),
      orderId: freshOrderId(),
      txnAmt: '1999',
      currencyCode: '156',
      backUrl: receiver.url,
      orderDesc: 'Two tickets, 两张票',
      payTimeout: beijing(sandboxNow() + 600_000),
      ...more,
    }),
    create: send,
    query: ({ orderId = '', txnTime = '' }) => {
      const query = { txnType: '00', txnSubType: '00', bizType: '000000', orderId, txnTime };
      return shop.call('queryTrans', { ...common(), ...query });
    },
    refundOf: ({ bizType = '' }, origQryId, txnAmt, more = {}) => ({
      ...common(),
      txnType: '04',
      txnSubType: '00',
      bizType,
      orderId: freshOrderId('ref'),
      origQryId,
      txnAmt,
      currencyCode: '156',
      backUrl: receiver.url,
      ...more,
    }),
    refund: send,
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'unionpay', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: ({ orderId }, body) => control('POST', `payers/unionpay/${orderId}`, body),
    made: async (action, more) => {
      const order = shop.order(more);
      expect(await shop.create(order)).toMatchObject({ respCode: '00' });
      if (action) expect((await shop.act(order, { action })).status).toBe(200);
      return order;
    },
    paid: async () => {
      const order = await shop.made('pay');
      const { queryId } = await shop.query(order);
      return { order, queryId: queryId! };
    },
    pageOf: (qrCode) => `${shop.sandbox.unionpay}${new URL(qrCode).pathname}`,
    transaction: async ({ orderId }) =>
      (await control('GET', `books?channel=unionpay&reference=${orderId}`)).body.transactions[0],
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.status = 200;
      shop.certificate = keys.unionpay_certificate;
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

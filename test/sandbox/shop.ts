import { openReceiver, pause, type Receiver } from './callback-receiver.ts';
import { clockWasReset } from './later.ts';
import { freshNumber, openMerchant } from './merchant.ts';
import { type RunningSandbox, startSandbox } from './running-sandbox.ts';

/** A sandbox, a merchant who uses it, the merchant's callback address, and payers. */
export interface Shop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: Receiver;
  readonly merchant: ReturnType<typeof openMerchant>;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<any>;
  readonly act: (reference: string, body: object) => Promise<{ status: number; body: any }>;
  readonly pay: (reference: string, more?: object) => Promise<{ status: number; body: any }>;
  readonly ordered: (more?: object) => Promise<string>;
  readonly paidOrder: () => Promise<string>;
  readonly transaction: (reference: string) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  /** Empty books, nothing heard, everything acknowledged. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openShop(env: Record<string, string> = {}): Promise<Shop> {
  const sandbox = await startSandbox(env);
  const keys = (await sandbox.call('GET', '/control/keys')).body['wechat-pay'];
  const receiver = await openReceiver(keys);
  const merchant = openMerchant(sandbox, keys, receiver.url);
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const shop: Shop = {
    sandbox,
    keys,
    receiver,
    merchant,
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'wechat-pay', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: (reference, body) => control('POST', `payers/wechat-pay/${reference}`, body),
    pay: (reference, more = {}) => shop.act(reference, { action: 'pay', ...more }),
    ordered: async (more = {}) => {
      const reference = freshNumber();
      const answer = await merchant.create(merchant.order(reference, 1999, more));
      expect(answer.status).toBe(200);
      return reference;
    },
    paidOrder: async () => {
      const reference = await shop.ordered();
      expect((await shop.pay(reference)).status).toBe(200);
      return reference;
    },
    transaction: async (reference) =>
      (await control('GET', `books?reference=${reference}`)).body.transactions[0],
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.answer = 204;
      await control('POST', 'reset');
      clockWasReset();
      receiver.received.length = 0;
    },
    close: async () => {
      await shop.sandbox.discard();
      await receiver.close();
    },
  };
  return shop;
}

/** Asks until the answer is so; throws after `ms` with what it was last. */
export async function until<T>(
  ask: () => Promise<T>,
  so: (answer: T) => boolean,
  ms = 15_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (so(answer)) return answer;
    if (Date.now() > end) throw new Error(`not in ${ms} ms: ${JSON.stringify(answer)}`);
    await pause(20);
  }
}

import { freshNumber } from '../merchant.ts';
import { type RunningSandbox, startSandbox } from '../running-sandbox.ts';
import { until } from '../shop.ts';
import { type AdyenReceiver, openAdyenReceiver } from './receiver.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** A sandbox, a merchant who calls it by plain HTTP, his webhook, and payers. */
export interface AdyenShop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: AdyenReceiver;
  /** A call under a new idempotency key; `headers` say otherwise. */
  readonly call: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly payment: (token?: string, more?: object) => any;
  readonly paid: (token?: string, more?: object) => Promise<any>;
  /** One whose money is held until the merchant captures it. */
  readonly held: (more?: object) => Promise<any>;
  /** What the payer brings back who passed his bank's page. */
  readonly authenticated: (payment: any) => Promise<string>;
  readonly details: (redirectResult: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly modify: (payment: any, what: string, more?: object, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly part: (payment: any, what: 'captures' | 'refunds', value: number, more?: object) => Promise<Answer>;
  readonly report: (file: string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<void>;
  readonly act: (payment: any, body: object) => Promise<{ status: number; body: any }>;
  readonly transaction: (payment: any) => Promise<any>;
  readonly becomes: (payment: any, so: object) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
} // prettier-ignore

export async function openAdyenShop(env: Record<string, string> = {}): Promise<AdyenShop> {
  const receiver = await openAdyenReceiver();
  const sandbox = await startSandbox({
    SANDBOX_ADYEN_WEBHOOK_URL: receiver.url,
    SANDBOX_ADYEN_MODIFICATION_MS: '100',
    ...env,
  });
  const keys = (await sandbox.call('GET', '/control/keys')).body.adyen;
  receiver.hmacKey = keys.hmac_key;
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const done = async (call: Promise<Answer>) => {
    const { status, body } = await call;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  };
  const shop: AdyenShop = {
    sandbox,
    keys,
    receiver,
    call: async (path, body, headers = {}) => {
      const given: Record<string, string> = {
        'X-API-Key': keys.api_key,
        'Content-Type': 'application/json',
        'Idempotency-Key': freshNumber('key'),
        ...headers,
      };
      const sent = Object.entries(given).filter(([, value]) => value !== '');
      const response = await fetch(`${sandbox.adyen}/v71${path}`, {
        method: 'POST',
        headers: Object.fromEntries(sent),
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    payment: (token = 'tok_ok', more = {}) => ({
      merchantAccount: keys.merchant_account,
      amount: { currency: 'EUR', value: 1999 },
      reference: freshNumber(),
      returnUrl: receiver.returnUrl,
      paymentMethod: { type: 'scheme', storedPaymentMethodId: token },
      shopperReference: 'shopper-7',
      shopperInteraction: 'ContAuth',
      recurringProcessingModel: 'CardOnFile',
      ...more,
    }),
    paid: (token, more) => done(shop.call('/payments', shop.payment(token, more))),
    held: (more = {}) =>
      shop.paid('tok_ok', { additionalData: { manualCapture: 'true' }, ...more }),
    authenticated: async (payment) => {
      const before = receiver.returned.length;
      expect((await shop.act(payment, { action: 'authenticate' })).status).toBe(200);
      await until(() => Promise.resolve(receiver.returned.length), (count) => count > before);
      return receiver.backAgain();
    },
    details: (redirectResult, headers) =>
      shop.call('/payments/details', { details: { redirectResult } }, headers),
    modify: ({ pspReference }, what, more = {}, headers = {}) =>
      shop.call(`/payments/${pspReference}/${what}`, { merchantAccount: keys.merchant_account, ...more }, headers),
    part: (payment, what, value, more = {}) => {
      const { currency } = payment.amount;
      return shop.modify(payment, what, { amount: { currency, value }, reference: freshNumber('mod'), ...more });
    },
    report: (file, headers = { 'X-API-Key': keys.report_api_key }) =>
      fetch(`${sandbox.adyen}/reports/download/MerchantAccount/${keys.merchant_account}/${file}`, { headers }),
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'adyen', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: ({ merchantReference }, body) => control('POST', `payers/adyen/${merchantReference}`, body),
    transaction: async ({ merchantReference }) =>
      (await control('GET', `books?channel=adyen&reference=${merchantReference}`)).body.transactions[0],
    becomes: (payment, so) =>
      until(
        () => shop.transaction(payment),
        (one) => Object.entries(so).every(([name, value]) => one?.[name] === value),
      ),
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.answer = 202;
      await control('POST', 'reset');
      receiver.heard.length = 0;
      receiver.returned.length = 0;
    },
    close: async () => {
      await shop.sandbox.discard();
      await receiver.close();
    },
  }; // prettier-ignore
  return shop;
}

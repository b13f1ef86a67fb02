import { clockWasReset } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { type RunningSandbox, startSandbox } from '../running-sandbox.ts';
import { openPaypalReceiver, type PaypalReceiver } from './receiver.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** A sandbox, a merchant who calls it by plain HTTP, his webhook, and payers. */
export interface PaypalShop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: PaypalReceiver;
  /** A call with a token, in full, and if it writes under a new request id; `headers` say otherwise. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  readonly order: (reference?: string, more?: object) => any;
  /** An order that its payer has not seen yet. */
  readonly created: (more?: object) => Promise<any>;
  readonly approved: (more?: object, act?: object) => Promise<any>;
  /** One of which all was captured; the order as the capture tells it. */
  readonly captured: (more?: object) => Promise<any>;
  /** One with the intent AUTHORIZE whose money is held. */
  readonly held: (more?: object) => Promise<any>;
  readonly capture: (order: any, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly refund: (capture: any, body?: object, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<void>;
  readonly act: (order: any, body: object) => Promise<{ status: number; body: any }>;
  readonly transaction: (order: any) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
} // prettier-ignore

/** An order's number of the merchant, its first capture and its hold. */
export const referenceOf = (order: any): string => order.purchase_units[0].custom_id;
export const captureOf = (order: any) => order.purchase_units[0].payments.captures[0];
export const holdOf = (order: any) => order.purchase_units[0].payments.authorizations[0];
/** What PayPal says is wrong. */
export const issueOf = ({ body }: Answer): string => body.details[0].issue;
export const usd = (value: string) => ({ currency_code: 'USD', value });

export async function openPaypalShop(env: Record<string, string> = {}): Promise<PaypalShop> {
  const receiver = await openPaypalReceiver();
  const sandbox = await startSandbox({ SANDBOX_PAYPAL_WEBHOOK_URL: receiver.url, ...env });
  const keys = (await sandbox.call('GET', '/control/keys')).body.paypal;
  receiver.webhookId = keys.webhook_id;
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const token = await tokenOf(sandbox, keys);
  const done = async (call: Promise<Answer>) => {
    const { status, body } = await call;
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  };
  const orders = '/v2/checkout/orders';
  const shop: PaypalShop = {
    sandbox,
    keys,
    receiver,
    call: async (method, path, body, headers = {}) => {
      const given: Record<string, string> = {
        Authorization: `Bearer ${token}`,
        Prefer: 'return=representation',
        'Content-Type': 'application/json',
        ...(method === 'POST' ? { 'PayPal-Request-Id': freshNumber('key') } : {}),
        ...headers,
      };
      const sent = Object.entries(given).filter(([, value]) => value !== '');
      const response = await fetch(sandbox.paypal + path, {
        method,
        headers: Object.fromEntries(sent),
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : JSON.parse(text),
      };
    },
    order: (reference = freshNumber(), more = {}) => ({
      intent: 'CAPTURE',
      purchase_units: [{ custom_id: reference, invoice_id: reference, description: 'Two tickets', amount: usd('19.99') }],
      payment_source: {
        paypal: {
          experience_context: {
            return_url: 'https://shop.example/back?order=1',
            cancel_url: 'https://shop.example/cancel',
            user_action: 'PAY_NOW',
          },
        },
      },
      ...more,
    }),
    created: (more = {}) => done(shop.call('POST', orders, shop.order(undefined, more))),
    approved: async (more = {}, act = { action: 'pay' }) => {
      const order = await shop.created(more);
      expect((await shop.act(order, act)).status).toBe(200);
      return done(shop.call('GET', `${orders}/${order.id}`));
    },
    captured: async (more = {}) => done(shop.capture(await shop.approved(more))),
    held: async (more = {}) => {
      const { id } = await shop.approved({ intent: 'AUTHORIZE', ...more });
      return done(shop.call('POST', `${orders}/${id}/authorize`, {}));
    },
    capture: ({ id }, headers) => shop.call('POST', `${orders}/${id}/capture`, {}, headers),
    refund: ({ id }, body = {}, headers = {}) =>
      shop.call('POST', `/v2/payments/captures/${id}/refund`, body, headers),
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'paypal', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: (order, body) => control('POST', `payers/paypal/${referenceOf(order)}`, body),
    transaction: async (order) =>
      (await control('GET', `books?channel=paypal&reference=${referenceOf(order)}`)).body
        .transactions[0],
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.answer = 200;
      await control('POST', 'reset');
      clockWasReset();
      receiver.heard.length = 0;
    },
    close: async () => {
      await shop.sandbox.discard();
      await receiver.close();
    },
  }; // prettier-ignore
  return shop;
}

async function tokenOf(sandbox: RunningSandbox, keys: any): Promise<string> {
  const response = await fetch(`${sandbox.paypal}/v1/oauth2/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${keys.client_id}:${keys.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as any).access_token;
}

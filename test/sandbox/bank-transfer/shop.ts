import { freshNumber } from '../merchant.ts';
import { type RunningSandbox, startSandbox } from '../running-sandbox.ts';
import { type BankReceiver, openBankReceiver } from './receiver.ts';
import { digestOf, type HeaderMap, isBanks, signedRequest, type Wrong } from './signing.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, when it is JSON. */
  readonly body: any;
  readonly isGenuine: boolean;
}

/** A sandbox, a customer of its bank who signs with a third-party library, his address for callbacks, and payers. */
export interface BankShop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: BankReceiver;
  /** A signed call; `headers` are added after signing, '' takes one away. */
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    wrong?: Wrong & { readonly headers?: HeaderMap },
  ) => Promise<Answer>;
  /** The members of a virtual account. */
  readonly asked: (more?: object) => any;
  readonly open: (more?: object, number?: string) => Promise<any>;
  readonly query: (number: string) => Promise<any>;
  readonly closed: (more?: object) => Promise<any>;
  /** One that was paid in full, as a query shows it. */
  readonly paid: (more?: object) => Promise<any>;
  readonly returnOf: (account: any, more?: object) => any;
  readonly order: (asked: object, number?: string) => Promise<Answer>;
  /** A return of a paid account that was booked. */
  readonly booked: (account: any, more?: object) => Promise<any>;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<void>;
  readonly act: (account: any, body: object) => Promise<{ status: number; body: any }>;
  readonly pay: (account: any, more?: object) => Promise<{ status: number; body: any }>;
  readonly transaction: (account: any) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
} // prettier-ignore

export const accounts = '/v1/virtual-accounts';
export const returns = '/v1/returns';

/** A time so far from now, as the wire has it. */
export const inSeconds = (seconds: number) =>
  `${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 19)}Z`;

export async function openBankShop(env: Record<string, string> = {}): Promise<BankShop> {
  const receiver = await openBankReceiver();
  const sandbox = await startSandbox(env);
  const keys = (await sandbox.call('GET', '/control/keys')).body['bank-transfer'];
  receiver.keys = keys;
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const done = async (call: Promise<Answer>) => {
    const { status, text, body } = await call;
    if (status >= 300) throw new Error(`${status} ${text}`);
    return body;
  };
  const shop: BankShop = {
    sandbox,
    keys,
    receiver,
    call: async (method, path, body, { headers = {}, ...wrong } = {}) => {
      const url = sandbox.bank + path;
      const content = typeof body === 'string' ? body : JSON.stringify(body ?? {});
      const written = method !== 'GET';
      const own = written
        ? { 'Content-Type': 'application/json', 'Content-Digest': digestOf(content) }
        : {};
      const signed = { ...(await signedRequest(keys, method, url, own, wrong)), ...headers };
      const sent = Object.entries(signed).filter(([, value]) => value !== '');
      const response = await fetch(url, {
        method,
        headers: Object.fromEntries(sent),
        ...(written ? { body: content } : {}),
      });
      const text = await response.text();
      const message = { status: response.status, headers: Object.fromEntries(response.headers) };
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: text.startsWith('{') ? JSON.parse(text) : null,
        isGenuine: await isBanks(keys, message, text, '"@status" "content-digest"'),
      };
    },
    asked: (more = {}) => ({
      customer: keys.customer,
      amount: '10.50',
      currency: 'EUR',
      expires_at: inSeconds(1_800),
      description: 'Two tickets',
      notify_url: receiver.url,
      ...more,
    }),
    open: (more = {}, number = freshNumber()) =>
      done(shop.call('PUT', `${accounts}/${number}`, shop.asked(more))),
    query: (number) => done(shop.call('GET', `${accounts}/${number}`)),
    closed: async (more = {}) => {
      const { number } = await shop.open(more);
      return done(shop.call('POST', `${accounts}/${number}/closure`, { customer: keys.customer }));
    },
    paid: async (more = {}) => {
      const account = await shop.open(more);
      expect((await shop.pay(account)).status).toBe(200);
      return shop.query(account.number);
    },
    returnOf: ({ number, credits, currency }, more = {}) => ({
      customer: keys.customer,
      virtual_account: number,
      credit: credits[0]?.id,
      amount: '4.00',
      currency,
      reason: 'one ticket less',
      notify_url: receiver.url,
      ...more,
    }),
    order: (asked, number = freshNumber('ref')) => shop.call('PUT', `${returns}/${number}`, asked),
    booked: async (account, more = {}) => {
      const { number } = await done(shop.order(shop.returnOf(account, more)));
      await receiver.told('return.booked');
      return done(shop.call('GET', `${returns}/${number}`));
    },
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'bank-transfer', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: ({ number }, body) => control('POST', `payers/bank-transfer/${number}`, body),
    pay: (account, more = {}) => shop.act(account, { action: 'pay', ...more }),
    transaction: async ({ number }) =>
      (await control('GET', `books?channel=bank-transfer&reference=${number}`)).body.transactions[0],
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.answer = 204;
      await control('POST', 'reset');
      receiver.heard.length = 0;
    },
    close: async () => {
      await shop.sandbox.discard();
      await receiver.close();
    },
  }; // prettier-ignore
  return shop;
}

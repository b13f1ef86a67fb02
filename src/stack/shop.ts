import { randomUUID } from 'node:crypto';

import type { SandboxAddress } from './sandbox-address.ts';

/** A payment as the API shows it, as far as the demo reads it. */
export interface ShownPayment {
  readonly id: string;
  readonly order_no: string;
  readonly status: string;
  readonly channel: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly late: boolean;
  readonly next_action: {
    readonly type: string;
    readonly data?: string;
    readonly url?: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly bank_account?: { readonly iban: string };
    readonly reference?: string;
  } | null;
  readonly attempts: readonly {
    readonly reference: string;
    readonly channel: string;
    readonly amount_captured: number;
    readonly amount_refunded: number;
  }[];
}

/** What the channel's own books say of one of our numbers. */
export interface ShownTransaction {
  readonly amount: number;
  readonly currency: string;
  readonly state: string;
  readonly paid_count: number;
  readonly captured: number;
  readonly refunded: number;
}

export interface TimelineEntry {
  readonly at: string;
  readonly kind: string;
  readonly summary: string;
}

/** What the books say of one of our numbers, and what was forbidden about it. */
export interface ShownBooks {
  readonly transactions: readonly ShownTransaction[];
  readonly violations: readonly { readonly rule: string; readonly detail: string }[];
}

/** A target for webhooks that the shop registered. */
export interface Target {
  readonly secret: string;
  readonly remove: () => Promise<unknown>;
}

/** A wallet, whose it is, and the payment that fills it. */
interface Filled {
  readonly customer: string;
  readonly wallet: string;
  readonly payment_id: string;
}

/** A merchant's backend and, through the sandbox, its payers: the public surface and nothing else. */
export interface Shop {
  /** The payments made here, in order. */
  readonly made: readonly string[];
  readonly create: (order: object) => Promise<ShownPayment>;
  readonly get: (id: string) => Promise<ShownPayment>;
  readonly cancel: (id: string) => Promise<ShownPayment>;
  readonly capture: (id: string, amount: number) => Promise<ShownPayment>;
  readonly refund: (id: string, amount: number) => Promise<{ readonly status: string }>;
  /** A customer of his with so many cents in his wallet, as soon as that payment by card has succeeded. */
  readonly fillWallet: (amount: number) => Promise<Filled>;
  readonly withdraw: (wallet: string, amount: number) => Promise<unknown>;
  /** What a wallet has. */
  readonly balance: (wallet: string) => Promise<number>;
  /** Registers a target for webhooks; answers its secret, and how to remove it. */
  readonly listen: (url: string) => Promise<Target>;
  /** The payment once it is so, by long polls. Throws after 60 s with what it looked like last. */
  readonly until: (id: string, isSo: (payment: ShownPayment) => boolean) => Promise<ShownPayment>;
  readonly timeline: (id: string) => Promise<readonly TimelineEntry[]>;
  readonly pay: (payment: ShownPayment, given?: { force: boolean }) => Promise<void>;
  /** His browser opens the page that he is sent to, or the shop's app brings him what it was given. */
  readonly open: (payment: ShownPayment) => Promise<void>;
  /** The payer looks at what he has opened, and does not pay. */
  readonly look: (payment: ShownPayment) => Promise<void>;
  /** He pays while the channel is asked to end it. */
  readonly payDuringClose: (payment: ShownPayment) => Promise<void>;
  readonly delayCallback: (payment: ShownPayment, delayMs: number) => Promise<void>;
  readonly books: (reference: string) => Promise<ShownBooks>;
}

const patienceMs = 60_000;

/** Opens a shop at this API, whose payers pay at this sandbox. Every call throws when it is refused. */
export function openShop(at: { api: string; sandbox: SandboxAddress; apiKey: string }): Shop {
  const made: string[] = [];
  const merchant = async <T>(method: string, path: string, body?: object): Promise<T> =>
    call(method, `${at.api}/v1${path}`, body, {
      Authorization: `Bearer ${at.apiKey}`,
      ...(body ? { 'Idempotency-Key': randomUUID() } : {}),
    });
  const control = async <T>(method: string, path: string, body?: object): Promise<T> =>
    call(method, `${at.sandbox.control}/control${path}`, body);
  const payer = async (payment: ShownPayment, act: object): Promise<void> => {
    const { channel, reference } = latestAttempt(payment);
    await control('POST', `/payers/${channel}/${reference}`, act);
  };
  const arm = async (payment: ShownPayment, fault: object): Promise<void> => {
    const { channel, reference } = latestAttempt(payment);
    await control('POST', '/faults', { channel, reference, count: 1, ...fault });
  };
  const get = (id: string) => merchant<ShownPayment>('GET', `/payments/${id}`);
  return {
    made,
    get,
    create: async (order) => {
      const payment = await merchant<ShownPayment>('POST', '/payments', order);
      made.push(payment.id);
      return payment;
    },
    cancel: (id) => merchant('POST', `/payments/${id}/cancel`, {}),
    capture: (id, amount) => merchant('POST', `/payments/${id}/capture`, { amount, final: true }),
    refund: (payment_id, amount) => merchant('POST', '/refunds', { payment_id, amount, wait: 30 }),
    fillWallet: async (amount) => {
      const { id: customer } = await merchant<{ id: string }>('POST', '/customers', {});
      const method = { type: 'card', token: 'tok_ok' };
      const topUp = { customer, amount, currency: 'USD', method };
      const filled = await merchant<Filled>('POST', '/top_ups', topUp);
      made.push(filled.payment_id);
      return filled;
    },
    withdraw: (wallet, amount) => merchant('POST', `/wallets/${wallet}/withdrawals`, { amount }),
    balance: async (id) => (await merchant<{ balance: number }>('GET', `/wallets/${id}`)).balance,
    listen: async (url) => {
      type Made = { id: string; secret: string };
      const { id, secret } = await merchant<Made>('POST', '/webhook_endpoints', { url });
      const remove = () => merchant('DELETE', `/webhook_endpoints/${id}`);
      return { secret, remove };
    },
    until: async (id, isSo) => {
      const deadline = Date.now() + patienceMs;
      for (
        let payment = await get(id);
        ;
        payment = await merchant('GET', `/payments/${id}?wait=2`)
      ) {
        if (isSo(payment)) return payment;
        if (Date.now() > deadline)
          throw new Error(`${id} is still ${payment.status} after ${patienceMs / 1_000} s`);
      }
    },
    timeline: async (id) => {
      const list = await merchant<{ data: TimelineEntry[] }>('GET', `/payments/${id}/timeline`);
      return list.data;
    },
    pay: (payment, given) => payer(payment, { action: 'pay', ...given }),
    open: async ({ next_action }) => {
      const url = next_action?.url ?? gatewayUrl(at.sandbox, next_action?.params?.['order_string']);
      if (url === null) return;
      const page = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
      await page.body?.cancel();
      if (!page.ok) throw new Error(`the payer was shown ${page.status} at ${url}`);
    },
    look: (payment) => payer(payment, { action: 'decline' }),
    payDuringClose: (payment) => arm(payment, { operation: 'close', fault: 'pay_during_close' }),
    delayCallback: (payment, delay_ms) =>
      arm(payment, { operation: 'callback', fault: 'delay', delay_ms }),
    books: (reference) => control('GET', `/books?reference=${reference}`),
  };
}

/** Where Alipay's app takes an order that a shop's app gives it. */
function gatewayUrl({ channels }: SandboxAddress, order: string | undefined): string | null {
  return order === undefined ? null : `${channels.alipay}/gateway.do?${order}`;
}

function latestAttempt(payment: ShownPayment): ShownPayment['attempts'][number] {
  const attempt = payment.attempts.at(-1);
  if (!attempt) throw new Error(`${payment.id} has no attempt`);
  return attempt;
}

async function call<T>(
  method: string,
  url: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    signal: AbortSignal.timeout(patienceMs),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

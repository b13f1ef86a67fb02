import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import type { Ready } from '../../src/stack/stack.ts';
import type { Launched } from './launcher.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** What a merchant is told of a stack and of himself. */
type Known = Pick<Ready, 'api' | 'sandbox' | 'api_key'> & Partial<Pick<Ready, 'app'>>;

/** A merchant's backend and, through the sandbox, its payers: the public surface and nothing else. */
export class Merchant {
  readonly ready: Known;

  constructor(ready: Known) {
    this.ready = ready;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(this.ready.api + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.ready.api_key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
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
  }

  create(given: object = {}, key: string = randomUUID()): Promise<Reply> {
    const order = {
      order_no: randomUUID(),
      amount: 1_999,
      currency: 'CNY',
      method: { type: 'wechat_pay_qr' },
    };
    return this.call('POST', '/v1/payments', { ...order, ...given }, { 'Idempotency-Key': key });
  }

  cancel(id: string, given: object = {}, key: string = randomUUID()): Promise<Reply> {
    return this.call('POST', `/v1/payments/${id}/cancel`, given, { 'Idempotency-Key': key });
  }

  confirm(id: string, method: object, given: object = {}): Promise<Reply> {
    return this.keyed(`/v1/payments/${id}/confirm`, { method, ...given });
  }

  capture(id: string, given: object = {}): Promise<Reply> {
    return this.keyed(`/v1/payments/${id}/capture`, given);
  }

  increment(id: string, amount: number, key?: string): Promise<Reply> {
    return this.keyed(`/v1/payments/${id}/increment_authorization`, { amount }, key);
  }

  refund(id: string, given: object = {}, key?: string): Promise<Reply> {
    return this.keyed('/v1/refunds', { payment_id: id, ...given }, key);
  }

  private keyed(path: string, body: object, key: string = randomUUID()): Promise<Reply> {
    return this.call('POST', path, body, { 'Idempotency-Key': key });
  }

  async get(id: string): Promise<any> {
    return (await this.call('GET', `/v1/payments/${id}`)).body;
  }

  /** The payment once it looks like this, by long polls. Throws after `ms` with what it looked like last. */
  async until(id: string, done: (payment: any) => boolean, ms = 30_000): Promise<any> {
    const deadline = Date.now() + ms;
    let last = await this.get(id);
    while (!done(last)) {
      if (Date.now() > deadline) throw new Error(`not in ${ms} ms: ${JSON.stringify(last)}`);
      last = (await this.call('GET', `/v1/payments/${id}?wait=1`)).body;
    }
    return last;
  }

  /** The payer acts. */
  async payer(payment: any, action: string, given: object = {}): Promise<Reply> {
    const { channel, reference } = payment.attempts.at(-1);
    return this.control('POST', `/control/payers/${channel}/${reference}`, { action, ...given });
  }

  async control(method: string, path: string, body?: object): Promise<Reply> {
    const response = await fetch(this.ready.sandbox + path, {
      method,
      ...(body
        ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
        : {}),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  fault(operation: string, fault: string, given: object = {}): Promise<Reply> {
    return this.control('POST', '/control/faults', {
      channel: 'wechat-pay',
      operation,
      fault,
      ...given,
    });
  }

  /** What the channel's own books say of this payment's latest attempt. */
  async books(payment: any): Promise<any> {
    const { reference } = payment.attempts.at(-1);
    return (await this.control('GET', `/control/books?reference=${reference}`)).body
      .transactions[0];
  }

  async violations(): Promise<unknown[]> {
    return (await this.control('GET', '/control/books')).body.violations;
  }
}

/** Another merchant of this stack, made as an operator makes one. */
export function anotherMerchant(stack: Launched): Merchant {
  return new Merchant({ ...stack.ready, ...operated(stack, 'create', '--name', 'Another') });
}

/** The same app by a live key. */
export function byLiveKey(stack: Launched, { ready }: Merchant): Merchant {
  const { api_key } = operated(stack, 'key', '--app', ready.app ?? '', '--live');
  return new Merchant({ ...ready, api_key });
}

/** What `npm run merchant -- …` prints. */
export function operated(stack: Launched, ...words: readonly string[]): any {
  const command = ['--import', 'tsx', 'src/stack/merchant.ts', ...words, '--json'];
  return JSON.parse(spawnSync(process.execPath, command, { env: stack.env, encoding: 'utf8' }).stdout);
} // prettier-ignore

import { randomUUID } from 'node:crypto';

import type { Answer } from './answer.ts';
import type { Wire } from './wire.ts';

/** What we read of a payment. */
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly outcome: string;
  readonly amount: number;
  readonly currency: string;
  readonly amount_captured: number;
  readonly amount_refunded: number;
  readonly late: boolean;
  readonly attempts: readonly {
    readonly reference: string;
    readonly status: string;
    readonly amount_captured: number;
    readonly amount_refunded: number;
    readonly channel_reference: string | null;
  }[];
  readonly refunds: readonly string[];
}

/** A merchant's backend: one API key on the public surface. */
export class Shop {
  readonly key: string;
  private readonly wire: Wire;

  constructor(wire: Wire, key: string) {
    this.wire = wire;
    this.key = key;
  }

  get(path: string): Promise<Answer> {
    return this.wire.ask({ method: 'GET', path, headers: this.headers() });
  }

  delete(path: string): Promise<Answer> {
    return this.wire.ask({ method: 'DELETE', path, headers: this.headers() });
  }

  /** Posts JSON, or text as it is, under a fresh Idempotency-Key. */
  post(
    path: string,
    body: object | string | Buffer,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.send('POST', path, body, more);
  }

  put(path: string, body: object): Promise<Answer> {
    return this.send('PUT', path, body, {});
  }

  private send(method: 'POST' | 'PUT', path: string, body: object | string | Buffer, more: Readonly<Record<string, string>>): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID(), ...this.headers(), ...more };
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.wire.ask({ method, path, headers, body: text });
  } // prettier-ignore

  /** A payment that must be made. Throws when it is refused. */
  async create(given: object = {}): Promise<Payment> {
    const usual = { order_no: randomUUID(), amount: 1_999, currency: 'CNY', expires_in: 604_800 };
    const answer = await this.post('/v1/payments', { ...usual, ...given });
    if (answer.status !== 201)
      throw new Error(`a payment could not be made: ${answer.status} ${answer.text.slice(0, 300)}`);
    return JSON.parse(answer.text) as Payment;
  }

  async payment(id: string): Promise<Payment> {
    const answer = await this.get(`/v1/payments/${id}`);
    if (answer.status !== 200) throw new Error(`${id} could not be read: ${answer.status}`);
    return JSON.parse(answer.text) as Payment;
  }

  headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.key}` };
  }
}

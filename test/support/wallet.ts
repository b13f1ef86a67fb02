import { randomUUID } from 'node:crypto';

import type { Merchant, Reply } from './merchant.ts';

/** A customer with a wallet, as his merchant sees him. */
export class Customer {
  readonly id: string;
  private readonly merchant: Merchant;

  private constructor(merchant: Merchant, id: string) {
    this.merchant = merchant;
    this.id = id;
  }

  static async of(merchant: Merchant): Promise<Customer> {
    const { body } = await merchant.call('POST', '/v1/customers', {});
    return new Customer(merchant, body.id);
  }

  /** One who has so many cents in his wallet. */
  static async with(merchant: Merchant, cents: number): Promise<Customer> {
    const customer = await Customer.of(merchant);
    const { body } = await customer.topUp({ amount: cents });
    await merchant.until(body.payment_id, (payment) => payment.status === 'succeeded');
    return customer;
  }

  topUp(given: object = {}, key: string = randomUUID()): Promise<Reply> {
    const card = { method: { type: 'card', token: 'tok_ok' }, currency: 'USD', amount: 5_000 };
    const body = { customer: this.id, ...card, ...given };
    return this.merchant.call('POST', '/v1/top_ups', body, { 'Idempotency-Key': key });
  }

  /** An order of one dollar that he pays out of his wallet. */
  pay(given: object = {}, key?: string): Promise<Reply> {
    const order = { method: { type: 'balance' }, customer: { id: this.id }, currency: 'USD', amount: 100 };
    return this.merchant.create({ ...order, ...given }, key);
  } // prettier-ignore

  /** Sends money of his wallet back to where it came from. */
  async withdraw(amount: number, given: object = {}, key: string = randomUUID()): Promise<Reply> {
    const { id } = await this.wallet();
    const path = `/v1/wallets/${id}/withdrawals`;
    return this.merchant.call('POST', path, { amount, ...given }, { 'Idempotency-Key': key });
  }

  async wallet(): Promise<any> {
    const { body } = await this.merchant.call('GET', `/v1/customers/${this.id}/wallets`);
    return body.data[0];
  }

  /** What stands on his statement, newest first. */
  async statement(query = 'limit=100'): Promise<any[]> {
    const { id } = await this.wallet();
    return (await this.merchant.call('GET', `/v1/wallets/${id}/entries?${query}`)).body.data;
  }
}

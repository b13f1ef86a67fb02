import { createHmac, randomBytes } from 'node:crypto';

import type { Merchant, Reply } from './merchant.ts';

/** Sends Stripe's events as anyone can sign them with the published test key (contract section 7, `/control/keys`). */
export class StripeEventSender {
  private readonly merchant: Merchant;
  private readonly keys: any;

  private constructor(merchant: Merchant, keys: any) {
    this.merchant = merchant;
    this.keys = keys;
  }

  /** @param given another secret than the published one */
  static async of(merchant: Merchant, given: object = {}): Promise<StripeEventSender> {
    const { body } = await merchant.control('GET', '/control/keys');
    return new StripeEventSender(merchant, { ...body['stripe'], ...given });
  }

  /** Says that this payment's latest attempt was paid, under the PaymentIntent `id`; `given` overrides members. */
  async paid(payment: any, id: string, given: object = {}): Promise<Pick<Reply, 'status'>> {
    const { reference, amount } = payment.attempts.at(-1);
    const object = {
      id, object: 'payment_intent', amount, amount_received: amount, currency: 'usd', capture_method: 'automatic',
      status: 'succeeded', livemode: false, metadata: { reference }, ...given,
    }; // prettier-ignore
    return this.send('payment_intent.succeeded', object);
  }

  /** Says of this payment `charge.dispute.{what}`, about the dispute `id`, at a Unix second; `given` overrides members. */
  async disputed(
    payment: any,
    what: string,
    { id, at, ...given }: { id: string; at: number; [member: string]: unknown },
  ): Promise<Pick<Reply, 'status'>> {
    const object = {
      id, object: 'dispute', amount: payment.amount, currency: payment.currency.toLowerCase(), reason: 'fraudulent',
      payment_intent: payment.channel_reference, status: 'needs_response', evidence_details: { due_by: at + 864_000 },
      balance_transactions: [], livemode: false, metadata: {}, ...given,
    }; // prettier-ignore
    return this.send(`charge.dispute.${what}`, object, at);
  }

  /** Says that the method is set up under our number `reference`, by the SetupIntent `id`. */
  async setUp(reference: string, id: string): Promise<Pick<Reply, 'status'>> {
    const metadata = { reference };
    const object = { id, object: 'setup_intent', status: 'succeeded', livemode: false, metadata };
    return this.send('setup_intent.succeeded', object);
  }

  private async send(type: string, object: object, at?: number): Promise<Pick<Reply, 'status'>> {
    const created = Math.floor(Date.now() / 1_000);
    const id = `evt_${randomBytes(12).toString('hex')}`;
    const body = JSON.stringify({ id, object: 'event', type, created: at ?? created, livemode: false, data: { object } }); // prettier-ignore
    const signature = createHmac('sha256', this.keys.webhook_secret).update(`${created}.${body}`);
    const { status } = await fetch(
      `${this.merchant.ready.api}/v1/callbacks/stripe/${this.keys.channel_account}`,
      {
        method: 'POST',
        body,
        headers: { 'Stripe-Signature': `t=${created},v1=${signature.digest('hex')}` },
      },
    );
    return { status };
  }
}

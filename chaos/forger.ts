import { createHmac } from 'node:crypto';

import { ask } from './wire.ts';

/** What is wrong with a callback that somebody made up. */
export const forgeries = ['other_secret', 'other_bytes', 'stale'] as const;
export type Forgery = (typeof forgeries)[number];

interface Keys {
  readonly stripe: { readonly channel_account: string; readonly webhook_secret: string };
}

/** Somebody who wants an order to be taken for paid, and knows all that is public and more. */
export class Forger {
  private readonly api: string;
  private readonly sandbox: string;

  constructor(api: string, sandbox: string) {
    this.api = api;
    this.sandbox = sandbox;
  }

  /** Sends Stripe's notice that this order was paid; answers the status. F13: it must not be believed. */
  async send(forgery: Forgery, order: object, reference: string): Promise<number> {
    const keys = await ask({ method: 'GET', url: `${this.sandbox}/control/keys`, timeoutMs: 10_000 }); // prettier-ignore
    const { channel_account, webhook_secret } = (keys.body as Keys).stripe;
    const notice = JSON.stringify(noticeOf(order, reference));
    const body = forgery === 'other_bytes' ? notice.replace('{', '{ ') : notice;
    const time = Math.floor(Date.now() / 1_000) - (forgery === 'stale' ? 3_600 : 0);
    const secret = forgery === 'other_secret' ? 'whsec_of_somebody_else' : webhook_secret;
    const signature = createHmac('sha256', secret).update(`${time}.${notice}`).digest('hex');
    const response = await fetch(`${this.api}/v1/callbacks/stripe/${channel_account}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Stripe-Signature': `t=${time},v1=${signature}`,
      },
      body,
      signal: AbortSignal.timeout(20_000),
    });
    await response.arrayBuffer();
    return response.status;
  }
}

/** docs.stripe.com/api/events: an order that has the money. */
function noticeOf(order: object, reference: string): object {
  const paid = { status: 'succeeded', livemode: false, metadata: { reference }, last_payment_error: null, next_action: null };
  return {
    id: `evt_forged${Date.now()}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type: 'payment_intent.succeeded',
    data: { object: { object: 'payment_intent', capture_method: 'automatic', ...order, ...paid } },
  };
} // prettier-ignore

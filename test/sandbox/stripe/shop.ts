import { Stripe } from 'stripe';

import { freshNumber } from '../merchant.ts';
import { type RunningSandbox, startSandbox } from '../running-sandbox.ts';
import { openStripeReceiver, type StripeReceiver } from './receiver.ts';

/** A sandbox, a merchant who uses it through the official SDK, his webhook endpoint, and payers. */
export interface StripeShop {
  sandbox: RunningSandbox;
  readonly keys: any;
  readonly receiver: StripeReceiver;
  readonly stripe: Stripe;
  readonly client: (more?: object) => Stripe;
  readonly fault: (operation: string, fault: string, more?: object) => Promise<void>;
  readonly act: (reference: string, body: object) => Promise<{ status: number; body: any }>;
  /** An unconfirmed PaymentIntent. */
  readonly created: (more?: object, reference?: string) => Promise<Stripe.PaymentIntent>;
  /** One that was confirmed with a card. */
  readonly confirmed: (token?: string, more?: object) => Promise<Stripe.PaymentIntent>;
  readonly held: (more?: object) => Promise<Stripe.PaymentIntent>;
  readonly transaction: (reference: string) => Promise<any>;
  readonly violations: () => Promise<any[]>;
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const referenceOf = (intent: { metadata: Stripe.Metadata }) => intent.metadata['reference']!;

/** What pays: a payment method, or the data that one is made of, of which the SDK's types do not know a card's token. */
export const paidWith = (card: string): object =>
  card.startsWith('pm_')
    ? { payment_method: card }
    : { payment_method_data: { type: 'card', card: { token: card } } };

/** What the SDK throws; a call that goes through is no error. */
export const errorOf = (call: Promise<unknown>): Promise<any> =>
  call.then(
    (result) => {
      throw new Error(`went through: ${JSON.stringify(result)}`);
    },
    (error: unknown) => error,
  );

export async function openStripeShop(env: Record<string, string> = {}): Promise<StripeShop> {
  const receiver = await openStripeReceiver();
  const sandbox = await startSandbox({ SANDBOX_STRIPE_WEBHOOK_URL: receiver.url, ...env });
  const keys = (await sandbox.call('GET', '/control/keys')).body.stripe;
  receiver.secret = keys.webhook_secret;
  const control = (method: string, path: string, body?: unknown) =>
    shop.sandbox.call(method, `/control/${path}`, body);
  const client = (more: object = {}) =>
    new Stripe(keys.api_key, {
      host: '127.0.0.1',
      port: new URL(sandbox.stripe).port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      ...more,
    });
  const stripe = client();
  const shop: StripeShop = {
    sandbox,
    keys,
    receiver,
    stripe,
    client,
    fault: async (operation, fault, more = {}) => {
      const asked = { channel: 'stripe', operation, fault, ...more };
      const answer = await control('POST', 'faults', asked);
      expect(answer).toEqual({ status: 200, body: { id: expect.any(String) } });
    },
    act: (reference, body) => control('POST', `payers/stripe/${reference}`, body),
    created: (more = {}, reference = freshNumber()) => {
      const asked = { amount: 1999, currency: 'usd', metadata: { reference } };
      const types = { payment_method_types: ['card'] }; // which the SDK's types do not know
      return stripe.paymentIntents.create(
        { ...asked, ...types, ...more },
        { idempotencyKey: freshNumber('key') },
      );
    },
    confirmed: async (token = 'tok_ok', more = {}) => {
      const { id } = await shop.created(more);
      return stripe.paymentIntents.confirm(
        id,
        { ...paidWith(token), return_url: 'https://shop.example/back' },
        { idempotencyKey: freshNumber('key') },
      );
    },
    held: (more = {}) =>
      shop.confirmed('tok_ok', {
        capture_method: 'manual',
        payment_method_options: { card: { request_multicapture: 'if_available' } },
        ...more,
      }),
    transaction: async (reference) =>
      (await control('GET', `books?channel=stripe&reference=${reference}`)).body.transactions[0],
    violations: async () => (await control('GET', 'books')).body.violations,
    reset: async () => {
      receiver.answer = 200;
      await control('POST', 'reset');
      receiver.heard.length = 0;
    },
    close: async () => {
      await shop.sandbox.discard();
      await receiver.close();
    },
  };
  return shop;
}

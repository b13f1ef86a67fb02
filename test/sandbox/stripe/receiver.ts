import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { Stripe } from 'stripe';

import { awaited, openHearing } from '../hearing.ts';

/** One event as it came, verified with the official SDK, never with our own code. */
export interface Heard {
  readonly path: string;
  readonly signature: string;
  readonly body: string;
  readonly event: any;
  /** Why the SDK would not have it, or null when it is genuine. */
  readonly refused: string | null;
}

export interface StripeReceiver {
  readonly url: string;
  readonly heard: Heard[];
  secret: string;
  answer: number;
  readonly until: (count: number, ms?: number) => Promise<Heard[]>;
  /** Waits for the first event of this type, of this order if one is named. */
  readonly event: (type: string, reference?: string) => Promise<any>;
  /** Waits for the first event of this type about the object with this number. */
  readonly about: (type: string, id: string) => Promise<any>;
  readonly close: () => Promise<void>;
}

/** A merchant's webhook endpoint that keeps what it hears. */
export async function openStripeReceiver(slowness = 0): Promise<StripeReceiver> {
  const heard: Heard[] = [];
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const { answer, secret } = receiver; // as they are when the event is heard
    const body = await text(request);
    const signature = request.headers['stripe-signature'] as string;
    heard.push({ path: request.url!, signature, body, ...opened(body, signature, secret) });
    await new Promise((resolve) => setTimeout(resolve, slowness).unref());
    response.writeHead(answer).end();
  };
  const { origin, close } = await openHearing(hear);
  const wait = <T>(found: () => T | undefined, what: string, ms?: number): Promise<T> =>
    awaited(found, what, () => heard.map(({ event }) => event.type), ms);
  const receiver: StripeReceiver = {
    url: `${origin}/v1/callbacks/stripe/cha_own`,
    heard,
    secret: '',
    answer: 200,
    until: (count, ms) =>
      wait(() => (heard.length >= count ? heard : undefined), `${count} events`, ms),
    event: (type, reference) =>
      wait(
        () =>
          heard.find(
            ({ event }) =>
              event.type === type &&
              (reference === undefined || event.data.object.metadata?.reference === reference),
          )?.event,
        type,
      ),
    about: (type, id) =>
      wait(
        () => heard.find(({ event }) => event.type === type && event.data.object.id === id)?.event,
        `${type} of ${id}`,
      ),
    close,
  };
  return receiver;
}

function opened(body: string, signature: string, secret: string) {
  try {
    return { event: Stripe.webhooks.constructEvent(body, signature, secret), refused: null };
  } catch (error) {
    return { event: JSON.parse(body), refused: (error as Error).message };
  }
}

import { randomUUID } from 'node:crypto';

import { post } from './post.ts';

export const methods = ['qr', 'card'] as const;
export type Method = (typeof methods)[number];

/** A payment that was made and answered with the channel's reply. */
export interface Made {
  readonly id: string;
  /** Our number at the channel. */
  readonly reference: string;
  /** From asking to the answer. */
  readonly create_ms: number;
}

/** One of the two that are compared. */
export interface Side {
  readonly name: 'product' | 'bare';
  readonly create: (method: Method) => Promise<Made>;
  /** The payer pays what waits for it. */
  readonly pay: (reference: string) => Promise<void>;
}

export const amounts = { qr: { amount: 1_999, currency: 'CNY' }, card: { amount: 2_499, currency: 'USD' } } as const; // prettier-ignore
/** What pays, as the contract names it. */
export const wireMethods = {
  qr: { type: 'wechat_pay_qr' },
  card: { type: 'card', token: 'tok_ok' },
};

interface ShownPayment {
  readonly id: string;
  readonly status: string;
  readonly attempts: readonly { readonly reference: string }[];
}

/** Asks Holdfast for a payment. */
export function begin(
  at: { readonly api: string; readonly apiKey: string },
  method: Method,
  given: { readonly wait?: number } = {},
): Promise<ShownPayment> {
  const key = randomUUID();
  const body = { order_no: key, ...amounts[method], method: wireMethods[method], ...given };
  const headers = { Authorization: `Bearer ${at.apiKey}`, 'Idempotency-Key': key };
  return post<ShownPayment>(`${at.api}/v1/payments`, body, headers);
}

/** Holdfast, through its public surface. */
export function productSide(at: { api: string; apiKey: string; sandbox: string }): Side {
  const create = async (method: Method): Promise<Made> => {
    const began = performance.now();
    const payment = await begin(at, method);
    const create_ms = performance.now() - began;
    const [attempt] = payment.attempts;
    const wanted = method === 'qr' ? 'requires_action' : 'succeeded';
    if (payment.status !== wanted || !attempt)
      throw new Error(`${payment.id} is ${payment.status} where ${wanted} was the answer`);
    return { id: payment.id, reference: attempt.reference, create_ms };
  };
  return { name: 'product', create, pay: payAt(at.sandbox) };
}

interface BareAnswer {
  readonly id: string;
  readonly reference: string;
  readonly kind: string;
  readonly took_ms: number;
}

/** The bare workflow, through its door, which times the update-with-start alone. */
export function bareSide(at: { door: string; sandbox: string }): Side {
  const create = async (method: Method): Promise<Made> => {
    const { id, reference, kind, took_ms } = await post<BareAnswer>(`${at.door}/create`, { method });
    const wanted = method === 'qr' ? 'action_required' : 'approved';
    if (kind !== wanted) throw new Error(`${id}: the channel said ${kind}, not ${wanted}`);
    return { id, reference, create_ms: took_ms };
  };
  return { name: 'bare', create, pay: payAt(at.sandbox) };
} // prettier-ignore

function payAt(sandbox: string) {
  return async (reference: string): Promise<void> => {
    await post(`${sandbox}/control/payers/wechat-pay/${reference}`, { action: 'pay' });
  };
}

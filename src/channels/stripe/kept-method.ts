import { z } from 'zod';

import type { Card } from '../../domain/payment-method.ts';
import type { Call } from '../channel.ts';
import type { ForgetAnswer, KeepAnswer, Keeping } from '../kept-method.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { partsOf, tokenOf } from './kept-token.ts';
import { addressOf, orderSaid } from './order.ts';
import { get, post, type Spoken } from './request.ts';
import { addressOfSetup } from './setup.ts';
import { setupSaid } from './setup-intent.ts';

const customers = '/v1/customers';
const methods = '/v1/payment_methods';

const card = z.object({
  brand: z.string().min(1),
  last4: z.string().regex(/^\d{4}$/),
  exp_month: z.int(),
  exp_year: z.int(),
});
const paymentMethod = z.object({
  id: z.string().regex(/^pm_\w+$/),
  customer: z.string().nullish(),
  card: card.nullish(),
});
type PaymentMethod = z.infer<typeof paymentMethod>;

/** The charge too: without it an order does not say when it was paid. */
const withMethod = { 'expand[0]': 'payment_method', 'expand[1]': 'latest_charge' } as const;

const keptWith = z.object({ payment_method: paymentMethod });
const madeCustomer = z.object({ id: z.string().regex(/^cus_\w+$/) });

/**
 * Makes a customer at Stripe who has the payment method that this order was paid with, or that was set up, once under our number. One who
 * was made before, and not heard of, is found on the payment method.
 */
export async function keep(call: Call<Account>, keeping: Keeping): Promise<KeepAnswer> {
  const asked = await ask(call, keeping);
  if (asked.kind !== 'done') return without(asked);
  const found = methodIn(asked.body, call.account, keeping);
  if ('kind' in found) return found;
  if (found.customer) return keptAs(found.customer, found);
  const { payment_method } = keeping;
  const spoken = await post(call, customers, `${payment_method}.keep`, {
    payment_method: found.id,
    'metadata[reference]': payment_method,
  });
  if (spoken.kind === 'refused') return { kind: 'unfit', detail: spoken.detail };
  if (spoken.kind !== 'done') return without(spoken);
  const made = read(madeCustomer, spoken.body);
  return made ? keptAs(made.id, found) : unclear('200 without a readable customer');
}

function ask(call: Call<Account>, keeping: Keeping): Promise<Spoken> {
  if ('order' in keeping) return get(call, addressOf(keeping.order), withMethod);
  return get(call, addressOfSetup(keeping.setup), { 'expand[0]': 'payment_method' });
}

function methodIn(body: string, account: Account, keeping: Keeping): PaymentMethod | KeepAnswer {
  const found = read(keptWith, body);
  if (!found) return unclear('200 without a readable payment method');
  const { kind } =
    'order' in keeping
      ? orderSaid(body, account, keeping.order)
      : setupSaid(body, account, keeping.setup);
  const isGood = kind === 'approved' || kind === 'held' || kind === 'set_up';
  return isGood ? found.payment_method : unclear(`it is ${kind}`);
}

function keptAs(customer: string, { id, card }: PaymentMethod): KeepAnswer {
  return { kind: 'kept', token: tokenOf(customer, id), card: card ? shownOf(card) : null };
}

function shownOf({ brand, last4, exp_month, exp_year }: Card): Card {
  return { brand, last4, exp_month, exp_year };
}

function without(spoken: Exclude<Spoken, { kind: 'done' }>) {
  if (spoken.kind === 'never_sent' || spoken.kind === 'unknown') return spoken;
  return unclear(spoken.detail);
}

/** Takes the payment method from its customer: it pays nothing any more. One that has none is forgotten already. */
export async function forget(
  call: Call<Account>,
  { payment_method, token }: { readonly payment_method: string; readonly token: string },
): Promise<ForgetAnswer> {
  const address = `${methods}/${encodeURIComponent(partsOf(token).method)}`;
  const spoken = await post(call, `${address}/detach`, `${payment_method}.forget`, {});
  if (spoken.kind === 'done') return { kind: 'forgotten' };
  if (spoken.kind !== 'refused') return without(spoken);
  const asked = await get(call, address);
  if (asked.kind === 'refused' && asked.error.code === 'resource_missing') return { kind: 'forgotten' }; // prettier-ignore
  if (asked.kind !== 'done') return without(asked);
  const found = read(paymentMethod, asked.body);
  return found && !found.customer ? { kind: 'forgotten' } : unclear(spoken.detail);
}

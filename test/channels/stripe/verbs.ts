import type { Call } from '../../../src/channels/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { stripe } from '../../../src/channels/stripe/channel.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answering, back, order, part } from './stripe.ts';

/** What each verb sends through this call. */
export const calls = {
  create: (call: Call<any>) => stripe.create(call, { ...order, handle: null }),
  confirm: (call: Call<any>) => stripe.confirm!(call, { ...order, token: 'pm_1QHoldfast' }),
  query: (call: Call<any>) => stripe.query(call, order),
  search: (call: Call<any>) => stripe.query(call, { ...order, handle: null }),
  close: (call: Call<any>) => stripe.close(call, order),
  void: (call: Call<any>) => stripe.void!(call, order),
  capture: (call: Call<any>) => stripe.capture!(call, part),
  increment: (call: Call<any>) =>
    stripe.increment!(call, { ...order, increment_amount: toMinor(2_999) }),
  refund: (call: Call<any>) => stripe.refund(call, back),
  query_refund: (call: Call<any>) => stripe.queryRefund(call, back),
  search_refund: (call: Call<any>) =>
    stripe.queryRefund(call, { ...back, channel_reference: null }),
} as const;
export type Verb = keyof typeof calls;
export const asking: readonly Verb[] = ['query', 'search', 'query_refund', 'search_refund'];
export const moving = (Object.keys(calls) as Verb[]).filter((verb) => !asking.includes(verb));

/** What a verb makes of these replies. */
export const speak = (verb: Verb, ...replies: HttpReply[]) => calls[verb](answering(...replies));

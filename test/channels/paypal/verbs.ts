import type { Call } from '../../../src/channels/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { paypal } from '../../../src/channels/paypal/channel.ts';
import { answering, back, backOfPart, holding, order, part, partCaptured, refunded, replied } from './paypal.ts'; // prettier-ignore

const number = { ...back, channel_reference: refunded.id };

/** What each verb sends through this call. */
export const calls = {
  create: (call: Call<any>) => paypal.create(call, { ...order, handle: null }),
  confirm: (call: Call<any>) => paypal.confirm!(call, order),
  query: (call: Call<any>) => paypal.query(call, order),
  capture: (call: Call<any>) => paypal.capture!(call, part),
  void: (call: Call<any>) => paypal.void!(call, part),
  refund: (call: Call<any>) => paypal.refund(call, back),
  refund_of_part: (call: Call<any>) => paypal.refund(call, backOfPart),
  query_refund: (call: Call<any>) => paypal.queryRefund(call, number),
  search_refund: (call: Call<any>) => paypal.queryRefund(call, back),
} as const;
export type Verb = keyof typeof calls;
export const asking: readonly Verb[] = ['query', 'query_refund', 'search_refund'];
export const moving = (Object.keys(calls) as Verb[]).filter((verb) => !asking.includes(verb));
/** These look something up in the order first. */
export const lookingUp: readonly Verb[] = ['capture', 'void', 'refund_of_part'];

/** An order in which every one of them finds what it looks for. */
export const looked = replied(200, holding([partCaptured]));

/** What a verb makes of these replies to what it is about; its question before that is answered. */
export const speak = (verb: Verb, ...replies: HttpReply[]) =>
  calls[verb](answering(...(lookingUp.includes(verb) ? [looked] : []), ...replies));

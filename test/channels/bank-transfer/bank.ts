import { createHash, generateKeyPairSync, sign } from 'node:crypto';

import { type Account, parseAccount } from '../../../src/channels/bank-transfer/account.ts';
import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import type { RawCallback } from '../../../src/channels/callback.ts';
import type { Call } from '../../../src/channels/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { Order } from '../../../src/channels/order.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answeringAs } from '../answering.ts';

const keyPair = () =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
export const [customer, bank, rotated, stranger] = [keyPair(), keyPair(), keyPair(), keyPair()];

export const settings = {
  base_url: 'https://bank.example',
  customer: 'CST1',
  customer_key_id: 'customer-1',
  customer_private_key: customer.privateKey,
  bank_keys: { 'bank-1': bank.publicKey, 'bank-2': rotated.publicKey } as Record<string, string>,
};
export const account: Account = parseAccount(settings);
export const now = new Date('2026-11-29T16:45:00Z');

export const order: Order = {
  method: 'bank_transfer',
  reference: 'att_01kaw0000000000000000000a1',
  amount: toMinor(1_050),
  currency: toCurrency('EUR'),
  description: 'Two tickets',
  expires_at: '2026-11-29T17:00:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/bank-transfer/cha_1',
  channel_key: 'att_01kaw0000000000000000000a1',
  handle: null,
  capture: 'automatic',
  token: null,
  return_url: null,
};
export const back: RefundOrder = {
  method: 'bank_transfer',
  reference: 'ref_01kaw0000000000000000000a1',
  receipt_reference: 'CR4T9',
  attempt_reference: order.reference,
  receipt_amount: toMinor(400),
  amount: toMinor(400),
  currency: toCurrency('EUR'),
  reason: 'paid less than the order',
  notify_url: order.notify_url,
  channel_key: 'ref_01kaw0000000000000000000a1',
  handle: null,
  channel_reference: null,
};

export const payer = { name: 'A. {Payer} "the Elder"', iban: 'FR1420041010050500013M02606' };
export const credit = (id: string, amount: string, currency = 'EUR') => ({
  id,
  amount,
  currency,
  booked_at: '2026-11-29T16:41:07Z',
  remittance: 'for A. Payer',
  debtor: payer as object | null,
});

/** The account of section 2, with what was credited to it. */
export const accountWith = (credits: object[] = [], change: object = {}) => ({
  object: 'virtual_account',
  number: order.reference,
  id: 'VA7K2M',
  customer: settings.customer,
  status: 'open',
  amount: '10.50',
  currency: 'EUR',
  description: 'Two tickets',
  notify_url: order.notify_url,
  iban: 'DE89370400440532013000',
  bic: 'COBADEFFXXX',
  holder: 'Demo Ltd',
  creditor_reference: 'RF18539007547034',
  expires_at: '2026-11-29T17:00:00Z',
  created_at: '2026-11-29T16:30:00Z',
  closed_at: null,
  credits,
  ...change,
});

/** The return of section 3. */
export const returned = (status = 'pending', change: object = {}) => ({
  object: 'return',
  number: back.reference,
  id: 'RT83Q',
  customer: settings.customer,
  virtual_account: order.reference,
  credit: back.receipt_reference,
  amount: '4.00',
  currency: 'EUR',
  reason: back.reason,
  notify_url: back.notify_url,
  status,
  reason_code: null,
  created_at: '2026-11-29T16:44:20Z',
  booked_at: null,
  bounced_at: null,
  ...change,
});

/** How a message is signed, where it is not as it should be. */
export interface Signing {
  readonly key?: string;
  readonly keyid?: string;
  readonly at?: Date;
}

/** The headers under which the bank sends this body, by section 1 and by no code of ours. */
export function signed(first: readonly [string, string], body: string, signing: Signing = {}) {
  const { key = bank.privateKey, keyid = 'bank-1', at = now } = signing;
  const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
  const created = Math.floor(at.getTime() / 1_000);
  const parameters = `("${first[0]}" "content-digest");created=${created};keyid="${keyid}";alg="ed25519"`;
  const base = `"${first[0]}": ${first[1]}\n"content-digest": ${digest}\n"@signature-params": ${parameters}`;
  const signature = sign(null, Buffer.from(base), key).toString('base64');
  return {
    'content-type': 'application/json',
    'content-digest': digest,
    'signature-input': `sig=${parameters}`,
    signature: `sig=:${signature}:`,
  } as Record<string, string>;
}

const textOf = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content)); // prettier-ignore

/** A reply of the bank, signed unless told otherwise. */
export function replied(status: number, content: unknown, signing?: Signing): HttpReply {
  const body = textOf(content);
  const headers = signed(['@status', String(status)], body, signing);
  return { kind: 'reply', status, body, headers };
}

export const refusedWith = (status: number, code: string): HttpReply =>
  replied(status, { code, message: 'No.' });

/** A callback of the bank. */
export function notified(
  type: string,
  about: { virtual_account?: object; return?: object },
  { change = {}, ...signing }: Signing & { readonly change?: object } = {},
): RawCallback {
  const event = { id: 'EV5H1', type, customer: settings.customer, created_at: '2026-11-29T16:44:59Z' };
  return sealed(textOf({ ...event, virtual_account: null, return: null, ...about, ...change }), signing);
} // prettier-ignore

/** These bytes, as the bank would sign them. */
export const sealed = (body: string, signing: Signing = {}): RawCallback => ({
  headers: signed(['content-type', 'application/json'], body, signing),
  body: Buffer.from(body),
});

/** A call that is answered so, the last for ever, and what it sent. */
export const answering = answeringAs(account, now);

/** What each verb sends through this call. */
export const calls = {
  create: (call: Call<any>) => bankTransfer.create(call, order),
  query: (call: Call<any>) => bankTransfer.query(call, order),
  close: (call: Call<any>) => bankTransfer.close(call, order),
  refund: (call: Call<any>) => bankTransfer.refund(call, back),
  query_refund: (call: Call<any>) => bankTransfer.queryRefund(call, back),
} as const;
export type Verb = keyof typeof calls;
export const asking: readonly Verb[] = ['query', 'query_refund'];
export const moving: readonly Verb[] = ['create', 'close', 'refund'];
export const verbs: readonly Verb[] = [...moving, ...asking];

/** What a verb makes of this reply. */
export const speak = (verb: Verb, reply: HttpReply) => calls[verb](answering(reply));

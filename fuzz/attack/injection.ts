import { randomUUID } from 'node:crypto';

import { codeOf } from '../answer.ts';
import { type Attack, type Scene, sideBySide } from '../attack.ts';
import { everyPayload } from '../payload.ts';
import type { Payment } from '../shop.ts';

type Stage = Scene['stage'];
type Findings = Scene['findings'];

/** Strings with a meaning elsewhere, in every string of every call: refused by form, or kept and shown as they are. */
export const injection: Attack = {
  name: 'injection',
  run: async ({ stage, findings, chance, profile }: Scene) => {
    const payloads = chance.some(everyPayload, profile.payloads);
    const { id } = await stage.shop.create();
    await sideBySide(payloads, 6, async (payload) => {
      await asText(stage, findings, payload);
      await asOrder(stage, findings, payload);
      await asQuery(stage, findings, payload);
      await asPath(stage, findings, payload);
      await asMember(stage, findings, payload, id);
    });
    return { payloads: payloads.length };
  },
};

/** Free text comes back to the letter. */
async function asText({ shop }: Stage, findings: Findings, payload: string): Promise<void> {
  const given = { description: payload, metadata: { [payload.slice(0, 40)]: payload, text: payload } };
  const answer = await shop.post('/v1/payments', { order_no: randomUUID(), amount: 1, currency: 'CNY', wait: 0, ...given });
  if (answer.status === 400) return expectRefused(findings, payload, 'free text', answer.text);
  const { id, description, metadata } = JSON.parse(answer.text) as Payment & typeof given;
  const isKept = description === payload && metadata['text'] === payload && Object.hasOwn(metadata, payload.slice(0, 40));
  findings.expect(isKept, 'free text comes back as given', () => `${payload}: ${answer.text.slice(0, 300)}`);
  const canceled = await shop.post(`/v1/payments/${id}/cancel`, { reason: payload, wait: 0 });
  findings.expect(canceled.status === 200, 'a reason is free text', () => `${payload}: ${canceled.text}`);
  const timeline = await shop.get(`/v1/payments/${id}/timeline`);
  findings.expect(timeline.status === 200, 'a timeline with any text can be read', () => `${payload}: ${timeline.text}`);
} // prettier-ignore

/** NUL, halves of characters and `__proto__` have no place; anything else has. */
function expectRefused(findings: Findings, payload: string, what: string, text: string): void {
  const isDue = payload === '__proto__';
  findings.expect(isDue, `${what} may hold any text`, () => `${payload}: ${text.slice(0, 300)}`);
}

/** An order number is found under itself and under nothing else. */
async function asOrder({ shop }: Stage, findings: Findings, payload: string): Promise<void> {
  const answer = await shop.post('/v1/payments', { order_no: payload, amount: 1, currency: 'CNY', wait: 0 });
  if (answer.status !== 201) return findings.expect(codeOf(answer.text) === 'invalid_field', 'an order number is taken or refused by form', () => `${payload}: ${answer.text.slice(0, 300)}`);
  const { id } = JSON.parse(answer.text) as Payment;
  const { text } = await shop.get(`/v1/payments?order_no=${encodeURIComponent(payload)}`);
  const found = (JSON.parse(text) as { data?: { id: string }[] }).data?.map((one) => one.id);
  findings.expect(found?.join() === id, 'a filter finds the letter, no pattern and no statement', () => `${payload}: ${text.slice(0, 300)}`);
} // prettier-ignore

const filters: Readonly<Record<string, readonly string[]>> = {
  '/v1/payments': ['status', 'method', 'channel', 'customer', 'created_after', 'created_before', 'amount_min', 'limit', 'starting_after', 'ending_before'],
  '/v1/refunds': ['payment_id', 'status', 'starting_after'],
  '/v1/cases': ['payment_id', 'status', 'starting_after'],
  '/v1/events': ['object_id', 'type', 'starting_after'],
  '/v1/customers': ['reference', 'starting_after'],
  '/v1/top_ups': ['customer', 'status', 'starting_after'],
  '/v1/webhook_endpoints': ['starting_after'],
  '/v1/channel_accounts': ['starting_after'],
}; // prettier-ignore

/** A filter's odd value finds nothing or is refused; it never widens what is found. */
async function asQuery({ shop }: Stage, findings: Findings, payload: string): Promise<void> {
  for (const [path, names] of Object.entries(filters)) {
    for (const name of [...names, payload]) {
      const value = encodeURIComponent(payload);
      const { status, text } = await shop.get(`${path}?${encodeURIComponent(name)}=${value}`);
      const isNothing = status === 200 && (JSON.parse(text) as { data: unknown[] }).data.length === 0;
      findings.expect(status === 400 || status === 404 || isNothing, 'an odd filter finds nothing', () => `${path}?${name}=${payload}: ${status} ${text.slice(0, 200)}`);
    }
  }
} // prettier-ignore

const things = [
  '/v1/payments/',
  '/v1/refunds/',
  '/v1/customers/',
  '/v1/wallets/',
  '/v1/top_ups/',
  '/v1/webhook_endpoints/',
  '/v1/channel_accounts/',
  '/docs/errors/',
  '/v1/callbacks/stripe/',
  '/v1/callbacks/',
];

async function asPath({ shop }: Stage, findings: Findings, payload: string): Promise<void> {
  for (const thing of things) {
    const { status, text } = await shop.get(thing + encodeURIComponent(payload));
    const isNothing = status === 404 || status === 405 || (['.', '..'].includes(payload) && status === 200);
    findings.expect(isNothing, 'an odd id is nobody’s', () => `${thing}${payload}: ${status} ${text.slice(0, 200)}`);
  }
} // prettier-ignore

/** Where a word of ours, an id or an address is expected, a payload is refused. */
async function asMember({ shop, hook }: Stage, findings: Findings, payload: string, id: string): Promise<void> {
  const order = { order_no: randomUUID(), amount: 1, currency: 'CNY', wait: 0 };
  const asked: [path: string, body: object][] = [
    ['/v1/payments', { ...order, currency: payload }],
    ['/v1/payments', { ...order, amount: payload }],
    ['/v1/payments', { ...order, method: { type: payload } }],
    ['/v1/payments', { ...order, capture: payload }],
    ['/v1/payments', { ...order, customer: { email: payload } }],
    ['/v1/payments', { ...order, customer: { id: payload } }],
    ['/v1/payments', { ...order, notify_url: payload }],
    ['/v1/payments', { ...order, [payload]: payload }],
    ['/v1/refunds', { payment_id: payload, reason: payload }],
    ['/v1/channel_accounts', { channel: 'stripe', settings: { api_key: payload, [payload]: payload } }],
    ['/v1/customers', { email: payload }],
    ['/v1/customers', { [payload]: payload }],
    ['/v1/top_ups', { customer: payload, amount: 1, currency: 'CNY' }],
    ['/v1/webhook_endpoints', { url: payload }],
    ['/v1/webhook_endpoints', { url: hook, events: [payload] }],
    [`/v1/payments/${id}/confirm`, { method: { type: 'wechat_pay_qr', token: payload } }],
  ];
  for (const [path, body] of asked) {
    const { status, text } = await shop.post(path, body);
    findings.expect(status >= 400, 'a word that is none is refused', () => `${path} ${JSON.stringify(body)}: ${status}`);
    findings.expect(status < 500, 'a word that is none is refused', () => `${path}: ${text}`);
  }
} // prettier-ignore

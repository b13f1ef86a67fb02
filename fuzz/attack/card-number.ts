import { randomUUID } from 'node:crypto';

import { codeOf } from '../answer.ts';
import { type Attack, type Scene, sideBySide } from '../attack.ts';
import { tonguesOf } from '../callback/tongue.ts';
import { say } from '../socket.ts';

type Stage = Scene['stage'];
type Findings = Scene['findings'];

/** Card numbers everywhere: refused, never told back; that they are kept nowhere is looked at in the aftermath. */
export const cardNumber: Attack = {
  name: 'card-number',
  run: async ({ stage, findings, chance, profile }: Scene) => {
    const cards = chance.some(stage.canaries.cards, profile.cards);
    const { id } = await stage.shop.create();
    let places = 0;
    await sideBySide(cards, 3, async (card) => {
      for (const [path, body, headers] of bodies(card, id)) {
        const { text, status } = await stage.shop.post(path, body, headers);
        places += 1;
        findings.expect(codeOf(text) === 'card_data_forbidden', 'a card number is refused', () => `${path} ${JSON.stringify(body)}: ${status} ${text}`);
        quiet(findings, card, text);
      }
      for (const path of queries(card)) {
        const { text } = await stage.shop.get(path);
        places += 1;
        findings.expect(codeOf(text) === 'card_data_forbidden', 'a card number is refused', () => `${path}: ${text}`);
        quiet(findings, card, text);
      }
      places += await elsewhere(stage, findings, card);
      places += await inCallbacks(stage, card);
    });
    await personal(stage);
    return { numbers: cards.length, places };
  },
}; // prettier-ignore

function quiet(findings: Findings, card: string, text: string): void {
  findings.expect(!text.includes(card), 'a card number is not told back', () => text.slice(0, 300));
}

type Post = readonly [
  path: string,
  body: object | string,
  headers?: Readonly<Record<string, string>>,
];

function bodies(card: string, id: string): Post[] {
  const order = { order_no: randomUUID(), amount: 1, currency: 'CNY', wait: 0 };
  const digits = card.replaceAll(/\D/g, '');
  const escaped = card.replaceAll(/./g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [
    ['/v1/payments', { ...order, order_no: card }],
    ['/v1/payments', { ...order, description: `my card is ${card}, thanks` }],
    ['/v1/payments', { ...order, description: `\u200b${card}\u200b` }],
    ['/v1/payments', { ...order, metadata: { card } }],
    ['/v1/payments', { ...order, metadata: { [card]: 'x' } }],
    ['/v1/payments', { ...order, customer: { email: `${card}@example.org` } }],
    ['/v1/payments', { ...order, method: { type: 'card', token: card } }],
    ['/v1/payments', { ...order, return_url: `https://shop.example/?card=${card}` }],
    ['/v1/payments', { ...order, unknown: { deep: [{ deeper: card }] } }],
    ['/v1/payments', { ...order, [card]: 1 }],
    ['/v1/payments', `{"order_no":"x","amount":${digits.slice(0, 15) === digits ? digits : '1'},"currency":"CNY","description":"${escaped}"}`],
    ['/v1/payments', order, { 'Idempotency-Key': card.replaceAll(' ', '-') }],
    ['/v1/payments', order, { 'Idempotency-Key': `key-${card.replaceAll(' ', '-')}-x` }],
    ['/v1/refunds', { payment_id: id, reason: card }],
    ['/v1/refunds', { payment_id: card }],
    ['/v1/customers', { name: card }],
    ['/v1/customers', { metadata: { card } }],
    ['/v1/webhook_endpoints', { url: `https://shop.example/${card}` }],
    [`/v1/payments/${id}/cancel`, { reason: card }],
    [`/v1/payments/${id}/confirm`, { method: { type: 'card', token: card } }],
    [`/v1/payments/${id}/capture?card=${encodeURIComponent(card)}`, {}],
  ];
} // prettier-ignore

function queries(card: string): string[] {
  const value = encodeURIComponent(card);
  const encoded = card.replaceAll(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return [
    `/v1/payments?order_no=${value}`,
    `/v1/payments?order_no=${encoded}`,
    `/v1/payments?customer=${value.replaceAll('%20', '+')}`,
    `/v1/payments?${value}=1`,
    `/v1/refunds?payment_id=x${value}x`,
    `/v1/events?type=${value}`,
  ];
}

/** Where nothing is refused for it, but nothing may be written down either: path, headers, broken requests. */
async function elsewhere({ shop, wire }: Stage, findings: Findings, card: string): Promise<number> {
  const value = encodeURIComponent(card);
  const answers = await Promise.all([
    shop.get(`/v1/payments/${value}`),
    shop.get(`/${value}`),
    shop.get(`/docs/errors/${value}`),
    shop.post(`/v1/callbacks/stripe/${value}`, card),
    shop.post(`/v1/callbacks/${value}/x`, card),
    shop.post('/v1/payments', `{"card":"${card}"`),
    shop.post('/v1/payments', `{"${card}":1,"${card}":2}`),
    shop.post('/v1/payments', card, { 'Content-Type': card }),
    wire.ask({ method: 'GET', path: '/v1/payments', headers: { Authorization: `Bearer ${card}` } }),
    wire.ask({ method: 'GET', path: '/v1/payments', headers: { ...shop.headers(), 'User-Agent': card, Referer: card, Cookie: card, 'X-Request-Id': card } }),
  ]);
  for (const { text, headers } of answers) quiet(findings, card, text + JSON.stringify(headers));
  await say(wire.port, `GET /${card} HTTP/1.1\r\nHost: ${card}\r\n${card}\r\n\r\n`, 5_000);
  wire.requests += 1;
  return answers.length + 1;
} // prettier-ignore

/** In every member of correctly signed callbacks, in broken ones and in forged ones. */
async function inCallbacks({ wire, keys, shop }: Stage, card: string): Promise<number> {
  let sent = 0;
  for (const tongue of tonguesOf(keys)) {
    const payment = await shop.create(tongue.orders.payment);
    const reference = payment.attempts[0]?.reference ?? '';
    const victim = { kind: 'payment', payment, reference, refund: null, before: '' } as const;
    const path = `/v1/callbacks/${tongue.channel}/${tongue.account}`;
    const bodies = [...withCard(tongue.sample(victim), card)].map((said) => tongue.wrap(Buffer.from(JSON.stringify(said)), victim));
    const whole = tongue.wrap(Buffer.from(JSON.stringify(tongue.sample(victim))), victim).toString('utf8');
    const around = whole.startsWith('{') ? [...withCard(JSON.parse(whole) as object, card)] : [];
    bodies.push(...around.map((said) => Buffer.from(JSON.stringify(said))), Buffer.from(`{"card":"${card}"`));
    for (const unsigned of bodies) {
      const { headers, body } = tongue.sign(unsigned);
      await wire.ask({ method: 'POST', path, headers: { ...headers, 'X-Card': card }, body });
      sent += 1;
    }
    await wire.ask({ method: 'POST', path, headers: { 'Wechatpay-Serial': card, 'Stripe-Signature': card }, body: card });
  }
  return sent;
} // prettier-ignore

/** The tree with the card in each of its members in turn, as text and as a number. */
function* withCard(tree: object, card: string): Generator<object> {
  for (const [name, value] of Object.entries(tree) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null)
      for (const inner of withCard(value, card)) yield { ...tree, [name]: inner };
    yield { ...tree, [name]: card };
    const number = Number(card);
    if (Number.isSafeInteger(number)) yield { ...tree, [name]: number };
  }
}

/** Of a payer, in every place that keeps such things: the store may hold it, Temporal and the logs may not. */
async function personal({ shop, canaries, hook }: Stage): Promise<void> {
  const [email = '', description = '', value = '', reason = ''] = canaries.personal;
  const { id } = await shop.create({ customer: { email }, description, metadata: { note: value }, notify_url: hook, method: { type: 'card', token: 'tok_ok' }, currency: 'USD' });
  await shop.post('/v1/refunds', { payment_id: id, amount: 1, reason, wait: 0 });
  const { id: other } = await shop.create({ customer: { email }, description, metadata: { note: value } });
  await shop.post(`/v1/payments/${other}/cancel`, { reason });
} // prettier-ignore

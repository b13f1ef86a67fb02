import { randomUUID } from 'node:crypto';

import { type Answer, codeOf } from '../answer.ts';
import { type Attack, type Scene, sideBySide } from '../attack.ts';
import type { Shop } from '../shop.ts';
import { say } from '../socket.ts';

type Stage = Scene['stage'];
type Findings = Scene['findings'];

/** Other merchants’ objects do not exist, and nothing that is not a key is one. */
export const identity: Attack = {
  name: 'identity',
  run: async ({ stage, findings }: Scene) => {
    const things = await belongings(stage);
    const calls = await callsWithIds(stage);
    for (const shop of [stage.neighbours.other, stage.neighbours.live])
      for (const call of calls) await nothingThere(shop, findings, call, things);
    await lists(stage, findings, things);
    return { calls: calls.length * 2, key_tricks: await keys(stage, findings) };
  },
};

type Things = Readonly<
  Record<'pay' | 'ref' | 'whe' | 'evt' | 'cha' | 'cus' | 'pm' | 'rul' | 'gft', string>
>;

/** One of each kind, of the attacker's own shop: here he is the victim. */
async function belongings({ shop, hook }: Stage): Promise<Things> {
  const card = { method: { type: 'card', token: 'tok_ok' }, currency: 'USD' };
  const { id: pay } = await shop.create(card);
  const ref = await idOf(shop.post('/v1/refunds', { payment_id: pay, amount: 1, wait: 0 }));
  const whe = await idOf(shop.post('/v1/webhook_endpoints', { url: hook }));
  const { text } = await shop.get(`/v1/events?object_id=${pay}`);
  const evt = (JSON.parse(text) as { data: { id: string }[] }).data[0]?.id ?? '';
  // In lira, in which nothing else is asked here: a payment would take it before the shared account.
  const settings = { api_key: 'sk_test_own', webhook_secrets: ['whsec_own'] };
  const own = { channel: 'stripe', settings, currencies: ['TRY'] };
  const cha = await idOf(shop.post('/v1/channel_accounts', own));
  const rul = await idOf(shop.post('/v1/rules', {}));
  const { text: gifts } = await shop.post('/v1/gift_codes', { amount: 1, currency: 'USD' });
  const gft = (JSON.parse(gifts) as { data: { id: string }[] }).data[0]?.id ?? '';
  return { pay, ref, whe, evt, cha, rul, gft, ...(await savedCard(shop)) };
}

/** A customer, and the card that he agreed to have kept. */
async function savedCard(shop: Shop): Promise<Pick<Things, 'cus' | 'pm'>> {
  const cus = await idOf(shop.post('/v1/customers', {}));
  const method = { type: 'card', token: 'tok_ok', save: { consent: { text: 'Keep it' } } };
  const order = { order_no: randomUUID(), amount: 1_999, currency: 'USD' };
  const { text } = await shop.post('/v1/payments', { ...order, method, customer: { id: cus } });
  return {
    cus,
    pm: (JSON.parse(text) as { method: { payment_method: string } }).method.payment_method,
  };
}

async function idOf(asked: Promise<Answer>): Promise<string> {
  return (JSON.parse((await asked).text) as { id: string }).id;
}

interface Call {
  readonly method: string;
  readonly path: string;
}

/** Every call of the OpenAPI document with an id in its path: one that is added is attacked too. */
async function callsWithIds({ wire }: Stage): Promise<Call[]> {
  const { text } = await wire.ask({ method: 'GET', path: '/openapi.json' });
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> };
  const verbs = ['get', 'post', 'delete', 'put', 'patch'];
  return Object.entries(paths)
    .filter(([path]) => path.includes('{id}'))
    .flatMap(([path, of]) => verbs.filter((verb) => verb in of).map((verb) => ({ method: verb.toUpperCase(), path })));
} // prettier-ignore

const bodies: Readonly<Record<string, object>> = {
  confirm: { method: { type: 'wechat_pay_qr' }, wait: 0 },
  resolve: { decision: 'accept', reason: 'x' },
  increment_authorization: { amount: 3_000 },
  withdrawals: { amount: 1 },
  redemptions: { code: '0000-0000-0000-0000' },
  wallet_pin: { pin: '1234' },
  evidence: { evidence: { explanation: 'He signed for it' }, wait: 0 },
  payment_methods: { type: 'card', token: 'tok_ok', consent: { text: 'Keep it' }, wait: 0 },
};

/** Another's object answers to the letter as one that is not there. */
async function nothingThere(
  shop: Shop,
  findings: Findings,
  call: Call,
  things: Things,
): Promise<void> {
  const kind = ({ payments: 'pay', refunds: 'ref', webhook_endpoints: 'whe', events: 'evt', channel_accounts: 'cha', customers: 'cus', payment_methods: 'pm', rules: 'rul', gift_codes: 'gft' } as const)[call.path.split('/')[2] ?? ''] ?? 'pay'; // prettier-ignore
  const real = things[kind];
  const unknown = `${real.slice(0, -1)}${real.endsWith('0') ? '1' : '0'}`;
  const ask = (id: string) => callAs(shop, call, id);
  const [foreign, none] = [await ask(real), await ask(unknown)];
  const said = (answer: Answer, id: string) =>
    answer.text.replace(/"request_id":"\w+"/, '').replaceAll(id, 'ID');
  // A live key has no channel account here, which is said before anything is looked for.
  const isNothing = foreign.status === 404 || codeOf(foreign.text) === 'method_not_supported';
  const isSame = isNothing && foreign.status === none.status && said(foreign, real) === said(none, unknown); // prettier-ignore
  findings.expect(isSame, 'another’s object is as unknown as none', () => `${call.method} ${call.path}: ${foreign.status} ${foreign.text} | ${none.status} ${none.text}`); // prettier-ignore
}

function callAs(shop: Shop, { method, path }: Call, id: string): Promise<Answer> {
  const at = path.replace('{id}', id);
  if (method === 'GET') return shop.get(at);
  if (method === 'DELETE') return shop.delete(at);
  const body = bodies[path.split('/').at(-1) ?? ''] ?? {};
  return method === 'PUT' ? shop.put(at, body) : shop.post(at, body);
}

/** Bodies, filters and cursors that name another's object learn nothing either. */
async function lists(
  { neighbours: { other } }: Stage,
  findings: Findings,
  things: Things,
): Promise<void> {
  const refund = await other.post('/v1/refunds', { payment_id: things.pay });
  findings.expect(refund.status === 404, 'another’s payment is not refunded', () => refund.text);
  for (const off_session of [true, false]) {
    const method = { type: 'card', payment_method: things.pm, off_session };
    const paid = await other.post('/v1/payments', { order_no: randomUUID(), amount: 1, currency: 'USD', method });
    findings.expect(paid.status === 404 && codeOf(paid.text) === 'not_found', 'another’s saved card pays nothing', () => paid.text);
  }
  for (const [path, id] of [['/v1/payments', things.pay], ['/v1/refunds', things.ref], ['/v1/webhook_endpoints', things.whe], ['/v1/events', things.evt], ['/v1/channel_accounts', things.cha], ['/v1/rules', things.rul], ['/v1/gift_codes', things.gft]] as const) {
    const all = await other.get(`${path}?limit=100`);
    findings.expect(!all.text.includes(id), 'a list holds no other’s objects', () => `${path} ${id}`);
    for (const cursor of ['starting_after', 'ending_before']) {
      const { text } = await other.get(`${path}?${cursor}=${id}`);
      findings.expect(codeOf(text) === 'invalid_field', 'another’s object is no cursor', () => `${path}: ${text}`);
    }
  }
  for (const filter of [`/v1/refunds?payment_id=${things.pay}`, `/v1/cases?payment_id=${things.pay}`, `/v1/events?object_id=${things.pay}`]) {
    const { status, text } = await other.get(filter);
    findings.expect(status === 404 || (status === 200 && text.includes('"data":[]')), 'a filter by another’s object finds nothing', () => `${filter}: ${text}`);
  }
} // prettier-ignore

/** Everything that resembles a key: 401, whatever it is. */
async function keys(stage: Stage, findings: Findings): Promise<number> {
  const { key } = stage.shop;
  const tricks = [
    '', ' ', 'Bearer', 'Bearer ', `Basic ${Buffer.from(`${key}:`).toString('base64')}`, `Token ${key}`, key, `Bearer ${key}x`,
    `Bearer ${key.slice(0, -1)}`, `Bearer ${key.slice(0, 30)}`, `Bearer ${key.toUpperCase()}`, `Bearer ${key.replace('test', 'live')}`,
    `Bearer\t${key}`, `Bearer "${key}"`, `Bearer ${key},${key}`, `Bearer ${key} ${key}`, `Bearer ${key}%00`,
    `Bearer ${encodeURIComponent(key).replace('_', '%5F')}`, `Bearer ${fullWidth(key)}`, `Bearer ${key}\xa0`, `Bearer sk_test_' or '1'='1' --aaaaaaa`,
    `Bearer sk_test_${'a'.repeat(200)}`, `Bearer sk_test_${'a'.repeat(5_000)}`, `Bearer ${stage.neighbours.revokedKey}`, 'Bearer __proto__', 'Bearer null', 'Bearer undefined',
  ]; // prettier-ignore
  const lines = tricks.map((value) => `Authorization: ${value}`);
  lines.push('X-A: b', `X-Api-Key: ${key}`, `Cookie: key=${key}`, `Proxy-Authorization: Bearer ${key}`);
  lines.push(`Authorization : Bearer ${key}`, `authorization:x\r\nAuthorization: Bearer ${key}`);
  await sideBySide(lines, 8, async (line) => {
    for (const path of ['/v1/payments', `/v1/payments?api_key=${key}`, `/v1/payments?access_token=${key}`]) {
      stage.wire.requests += 1;
      const text = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${line}\r\n\r\n`;
      const { statuses } = await say(stage.wire.port, Buffer.from(text, 'latin1'), 8_000);
      findings.expect(statuses[0] === 401 || statuses[0] === 400, 'what is not the key opens nothing', () => `${line.slice(0, 60)} ${path.slice(0, 30)}: ${statuses[0]}`);
    }
  });
  const swapped = await stage.neighbours.live.post('/v1/payments', { order_no: randomUUID(), amount: 1, currency: 'CNY', method: { type: 'wechat_pay_qr' } });
  findings.expect(swapped.status === 422, 'a live key does not reach test accounts', () => swapped.text);
  return lines.length;
} // prettier-ignore

/** The same letters to the eye, and after a Unicode normalisation (NFKC), as UTF-8 bytes on the wire. */
function fullWidth(key: string): string {
  const wide = key.replaceAll(/./g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
  return Buffer.from(wide, 'utf8').toString('latin1');
}

import { randomUUID } from 'node:crypto';

import { ruleFigures } from '../../src/api/arm-schema.ts';
import { dryRun } from '../../src/api/dry-run-schema.ts';
import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { ruleSet } from '../../src/api/rule-schema.ts';
import { placeIn } from '../../src/domain/share.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, byLiveKey, Merchant } from '../support/merchant.ts';

const path = '/v1/rules';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;
/** Two accounts at WeChat Pay: the merchant's own, which comes first without a rule, and everybody's. */
let own: string;
let shared: string;

beforeAll(async () => {
  stack = await launch({ EGRESS_ALLOW: '127.0.0.1:*' });
  [merchant, stranger] = [anotherMerchant(stack), new Merchant(stack.ready)];
  const { body: keys } = await merchant.control('GET', '/control/keys');
  const { appid, mchid, merchant_serial, merchant_private_key, api_v3_key, ...platform } =
    keys['wechat-pay'];
  const settings = {
    base_url: `http://127.0.0.1:${Number(new URL(stack.ready.sandbox).port) + 1}`,
    platform_keys: { [platform.platform_serial]: platform.platform_public_key },
    ...{ appid, mchid, merchant_serial, merchant_private_key, api_v3_key },
  };
  const made = await merchant.call('POST', '/v1/channel_accounts', { channel: 'wechat-pay', settings }); // prettier-ignore
  own = made.body.id;
  shared = platform.channel_account;
});
afterAll(() => stack.remove());

const write = (body: unknown, of = merchant, key?: string) =>
  of.call('POST', path, body, key ? { 'Idempotency-Key': key } : {});
const ruled = async (body: object): Promise<any> => {
  const { status, body: made } = await write(body);
  expect(status).toBe(201);
  return ruleSet.parse(made);
};
const accountOf = ({ body }: any) => paymentShape.parse(body).attempts[0]!.channel_account;
const told = async (id: string) =>
  (await merchant.call('GET', `/v1/payments/${id}/timeline`)).body.data;
const prefers = (...accounts: string[]) => ({
  name: 'prefers',
  accounts: accounts.map((channel_account) => ({ channel_account })),
});

describe('a rule', () => {
  test('chooses the channel account, and the timeline says why', async () => {
    const before = await merchant.create();
    expect(accountOf(before)).toBe(own);
    expect((await told(before.body.id))[0].summary).toBe('created with wechat_pay_qr at wechat-pay (no rule chooses: the first of 2 that take wechat_pay_qr in CNY)'); // prettier-ignore
    const { version } = await ruled({ routes: [prefers(shared, own)] });
    const after = await merchant.create();
    expect(accountOf(after)).toBe(shared);
    const [created] = await told(after.body.id);
    const reason = "'prefers' prefers it, as number 1 of 2";
    expect(created.summary).toBe(`created with wechat_pay_qr at wechat-pay (${reason})`);
    expect(created.data.route.routing).toEqual({ rules_version: version, rule: 'prefers', reason });
    await merchant.payer(after.body, 'pay');
    await merchant.until(after.body.id, ({ status }) => status === 'succeeded');
  });

  test('chooses for a method that is named later, too', async () => {
    await ruled({ routes: [prefers(shared)] });
    const { body } = await merchant.create({ method: undefined });
    const confirmed = await merchant.confirm(body.id, { type: 'wechat_pay_qr' });
    expect(accountOf(confirmed)).toBe(shared);
    const summaries = (await told(body.id)).map((one: any) => one.summary);
    expect(summaries).toContain("confirmed with wechat_pay_qr at wechat-pay ('prefers' prefers it, as number 1 of 1)"); // prettier-ignore
  });

  test('of countries is about the customers who are said to be there', async () => {
    await ruled({ methods: [{ name: 'no-de', when: { countries: ['DE'] }, deny: ['wechat_pay_qr'] }] });
    const from = (country?: string) => merchant.create({ customer: { country }, wait: 0 });
    expect(await from('DE')).toMatchObject({ status: 422, body: { code: 'method_denied' } });
    expect(await from('FR')).toMatchObject({ status: 201, body: { customer: { country: 'FR' } } });
    expect((await from()).status).toBe(201);
    expect(await from('XX')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/customer/country' }] } });
    const open = await merchant.create({ customer: { country: 'DE' }, method: undefined });
    expect(await merchant.confirm(open.body.id, { type: 'wechat_pay_qr' })).toMatchObject({ status: 422, body: { code: 'method_denied' } });
  }); // prettier-ignore

  test('that begins later rules later, and a newer version takes its place', async () => {
    await ruled({ routes: [prefers(own)] });
    const effective_at = new Date(Date.now() + 3_600_000).toISOString();
    const planned = await ruled({ routes: [prefers(shared)], effective_at });
    expect(planned).toMatchObject({ status: 'planned', effective_at });
    expect(accountOf(await merchant.create())).toBe(own);
    const now = await ruled({ routes: [prefers(shared)] });
    expect(now).toMatchObject({ status: 'current', version: Number(planned.version) + 1 });
    expect(accountOf(await merchant.create())).toBe(shared);
    const [newest, next] = (await merchant.call('GET', path)).body.data;
    expect([newest.id, next.id]).toEqual([now.id, planned.id]);
  });

  test('of shares deals a customer to the same account each time', async () => {
    const shares = [{ channel_account: own, percent: 50 }, { channel_account: shared, percent: 50 }]; // prettier-ignore
    await ruled({ routes: [{ name: 'halves', accounts: shares }] });
    const { body: customer } = await merchant.call('POST', '/v1/customers', {});
    const dealt = new Set<string>();
    for (let at = 0; at < 4; at += 1)
      dealt.add(accountOf(await merchant.create({ customer: { id: customer.id }, wait: 0 })));
    expect(dealt.size).toBe(1);
  });

  test('refuses what it denies and what is beyond its limits, each by its code, and nothing else', async () => {
    await ruled({
      limits: [{ name: 'small', when: { currencies: ['CNY'] }, min: 100, max: 5_000 }],
      methods: [{ name: 'no-alipay', deny: ['alipay_qr'] }],
    });
    const refused = async (given: object) => {
      const { status, body } = await merchant.create(given);
      return { status, errors: body.errors };
    };
    expect(await refused({ amount: 99 })).toEqual({
      status: 422,
      errors: [{ pointer: '/amount', code: 'amount_below_limit', detail: "the rule 'small' wants 100 or more, not 99" }],
    });
    expect(await refused({ amount: 5_001 })).toMatchObject({ errors: [{ code: 'amount_above_limit' }] });
    expect(await refused({ method: { type: 'alipay_qr' } })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/method/type', code: 'method_denied' }],
    });
    expect((await merchant.create({ amount: 5_000, wait: 0 })).status).toBe(201);
    await ruled({ methods: [{ name: 'later', release: ['alipay_qr'], percent: 0 }] });
    expect(await refused({ method: { type: 'alipay_qr' } })).toMatchObject({
      status: 422,
      errors: [{ pointer: '/method/type', code: 'method_not_released' }],
    });
    await ruled({ limits: [{ name: 'small', when: { currencies: ['CNY'] }, min: 100, max: 5_000 }] });
    const open = await merchant.create({ amount: 5_001, method: undefined });
    expect(await merchant.confirm(open.body.id, { type: 'wechat_pay_qr' })).toMatchObject({ status: 422, body: { code: 'amount_above_limit' } });
  }); // prettier-ignore
});

test('a payment says what its account is expected to cost, on the attempt and on the timeline', async () => {
  const change = (fees: unknown) => merchant.call('POST', `/v1/channel_accounts/${own}`, { fees });
  expect((await change([{ when: { methods: ['wechat_pay_qr'] }, rate_ppm: 6_000 }])).status).toBe(
    200,
  );
  await ruled({ routes: [prefers(own)] });
  const { body } = await merchant.create({ amount: 1_999 });
  const expected_fee = { amount: 12, currency: 'CNY' };
  expect(paymentShape.parse(body).attempts[0]).toMatchObject({ expected_fee });
  const [created] = await told(body.id);
  expect(created.summary).toBe("created with wechat_pay_qr at wechat-pay ('prefers' prefers it, as number 1 of 1; expected fee 0.12 CNY)"); // prettier-ignore
  expect(created.data.route.routing).toMatchObject({ rule: 'prefers', expected_fee });
  await ruled({ routes: [{ ...prefers(shared, own), by: 'cost' }] });
  const thrifty = await merchant.create({ amount: 1_999 });
  expect(accountOf(thrifty)).toBe(own);
  expect((await told(thrifty.body.id))[0].data.route.routing.reason).toBe(`'prefers' takes the cheapest: 0.12 CNY at ${own}, not known at ${shared}`); // prettier-ignore
  await ruled({ routes: [{ ...prefers(shared, own), by: 'success_rate' }] });
  const careful = await merchant.create({ order_no: 'A-1' }); // by its number no trial of the other account
  expect(accountOf(careful)).toBe(shared); // nobody has failed: whether or not there are figures, the list's order holds
  expect((await told(careful.body.id))[0].data.route.routing.reason).toMatch(
    /^'prefers' takes (its first, which nobody is ahead of by 5 points|the best success rate): /,
  );
  await change(null);
});

/** Where no day ends within the next two hours. */
const noonish = new Date().getUTCHours() < 12 ? 'Asia/Tokyo' : 'America/Los_Angeles';

test('a limit of a day counts what is open or paid, each customer for himself', async () => {
  const both = { when: { currencies: ['CNY'] }, per: 'customer', zone: noonish };
  await ruled({ limits: [{ ...both, name: 'purse', max_per_day: 1_000 }, { name: 'few', count_per_month: 100 }] });
  const customer = async () => (await merchant.call('POST', '/v1/customers', {})).body.id as string;
  const [ada, bob] = [await customer(), await customer()];
  const pay = (id: string, amount: number, given: object = {}) => merchant.create({ customer: { id }, amount, wait: 0, ...given });
  const { body: first } = await pay(ada, 600);
  const tooMuch = await pay(ada, 401);
  expect(tooMuch).toMatchObject({ status: 422, body: { code: 'limit_per_day_exceeded', errors: [{ pointer: '/amount' }] } });
  expect(tooMuch.body.detail).toMatch(/the rule 'purse' allows 1000 a day: 400 are left until \S+:00:00.000Z, not 401/);
  expect((await pay(bob, 1_000)).status).toBe(201);
  const { body: open } = await pay(ada, 401, { method: undefined });
  const confirm = () => merchant.confirm(open.id, { type: 'wechat_pay_qr' });
  expect(await confirm()).toMatchObject({ status: 422, body: { errors: [{ pointer: '/method/type', code: 'limit_per_day_exceeded' }] } });
  await merchant.call('POST', `/v1/payments/${first.id}/cancel`, {}, { 'Idempotency-Key': randomUUID() });
  await merchant.until(first.id, ({ status }) => status === 'canceled');
  expect((await confirm()).status).toBe(200);
}); // prettier-ignore

test('a limit is given back what a refused confirmation or a method that was left has counted', async () => {
  await ruled({ limits: [{ name: 'one-code', when: { methods: ['wechat_pay_qr'] }, count_per_day: 1, zone: noonish }] });
  const byCode = { method: { type: 'wechat_pay_qr' } };
  const once = await merchant.create({ method: { type: 'alipay_qr' }, max_attempts: 1 });
  expect(await merchant.confirm(once.body.id, byCode.method)).toMatchObject({ status: 409, body: { code: 'payment_not_confirmable' } });
  const first = await merchant.create(byCode);
  expect(first.status).toBe(201);
  expect(await merchant.create(byCode)).toMatchObject({ status: 422, body: { code: 'limit_per_day_exceeded' } });
  await merchant.confirm(first.body.id, { type: 'alipay_qr' });
  await merchant.until(first.body.id, ({ attempts }) => attempts[1]?.method.type === 'alipay_qr');
  expect((await merchant.create(byCode)).status).toBe(201);
}); // prettier-ignore

test('a limit of a day binds what a hold is raised to, and counts it', async () => {
  await ruled({ limits: [{ name: 'day', when: { currencies: ['USD'] }, max_per_day: 5_000, zone: noonish }] });
  const card = { currency: 'USD', amount: 2_000, capture: 'manual', method: { type: 'card', token: 'tok_ok' } };
  const { body } = await merchant.create(card);
  expect(await merchant.increment(body.id, 5_001)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount', code: 'limit_per_day_exceeded' }] } });
  expect((await merchant.increment(body.id, 4_000)).body).toMatchObject({ amount_authorized: 4_000 });
  expect(await merchant.create({ ...card, amount: 1_001 })).toMatchObject({ status: 422 });
  expect((await merchant.create({ ...card, amount: 1_000 })).status).toBe(201);
}); // prettier-ignore

test('figures tell what became of the payments that a version sent to each account first', async () => {
  const shares = [{ channel_account: own, percent: 50 }, { channel_account: shared, percent: 50 }];
  const { id, version } = await ruled({ routes: [{ name: 'halves', accounts: shares }] });
  const made = await Promise.all(Array.from({ length: 6 }, () => merchant.create()));
  const paying = made.slice(0, 3);
  for (const { body } of paying) await merchant.payer(body, 'pay');
  for (const { body } of paying) await merchant.until(body.id, ({ status }) => status === 'succeeded');
  const figures = async (query = '', of = merchant) => of.call('GET', `${path}/${id}/figures${query}`);
  const { body } = await figures();
  const counts = shares.map(({ channel_account }) => {
    const isHere = (one: any) => accountOf(one) === channel_account;
    const [payments, paid] = [made.filter(isHere).length, paying.filter(isHere).length];
    return { channel_account, percent: 50, payments, paid, declined: 0, open: payments - paid, paid_elsewhere: 0 };
  });
  expect(ruleFigures.parse(body)).toMatchObject({ rules: id, version, routes: [{ name: 'halves', arms: counts }] });
  for (const { paid, success, mean_ms_to_paid } of body.routes[0].arms) {
    expect(success?.rate ?? null).toBe(paid > 0 ? 1 : null);
    expect(mean_ms_to_paid === null).toBe(paid === 0);
  }
  const later = await figures(`?created_after=${new Date(Date.now() + 3_600_000).toISOString()}`);
  expect(later.body.routes[0].arms).toMatchObject([{ payments: 0, success: null }, { payments: 0, against_first: null }]);
  expect((await figures('', stranger)).status).toBe(404);
}); // prettier-ignore

test('figures leave out what an account took for one that could not', async () => {
  const { body: { data } } = await merchant.call('GET', '/v1/channel_accounts?limit=100');
  const alipay = data.find(({ channel }: any) => channel === 'alipay').id as string;
  const accounts = [own, alipay].map((channel_account) => ({ channel_account, percent: 50 }));
  const { id } = await ruled({ routes: [{ name: 'mixed', accounts }] });
  const orders = Array.from({ length: 60 }, () => randomUUID());
  const isOwn = (order_no: string) => placeIn('mixed', { customer: null, order_no }) < 5_000;
  const [mine, others] = [orders.filter(isOwn).slice(0, 3), orders.filter((one) => !isOwn(one)).slice(0, 2)];
  const made = await Promise.all([...mine, ...others].map((order_no) => merchant.create({ order_no, wait: 0 })));
  expect(made.map(accountOf)).toEqual([own, own, own, own, own]);
  const [created] = await told(made.at(-1)!.body.id);
  expect(created.data.route.routing).toMatchObject({ passed_over: alipay, reason: `'mixed' dealt it to ${alipay}, which does not take it` });
  const { body } = await merchant.call('GET', `${path}/${id}/figures`);
  expect(ruleFigures.parse(body).routes[0]!.arms).toMatchObject([
    { channel_account: own, payments: 3, passed_over: 0 },
    { channel_account: alipay, payments: 0, passed_over: 2, success: null },
  ]);
}); // prettier-ignore

test('figures compare customers to whom a method is released with those who go without it', async () => {
  const release = { name: 'half', when: { currencies: ['CNY'] }, release: ['alipay_qr'], percent: 50 };
  const { id } = await ruled({ methods: [release] });
  const made = await Promise.all(Array.from({ length: 8 }, (_, at) => merchant.create({ order_no: `half-${randomUUID()}`, amount: 1_000 + at })));
  const [paying] = made;
  await merchant.payer(paying!.body, 'pay');
  await merchant.until(paying!.body.id, ({ status }) => status === 'succeeded');
  const isIn = ({ body }: any) => placeIn('half', { customer: null, order_no: body.order_no }) < 5_000;
  const counts = (arm: string, of: any[]) => {
    const paid = of.includes(paying) ? 1 : 0;
    return { arm, payments: of.length, paid, open: of.length - paid };
  };
  const { body } = await merchant.call('GET', `${path}/${id}/figures`);
  const [first] = ruleFigures.parse(body).releases;
  expect(first).toMatchObject({ name: 'half', methods: ['alipay_qr'], percent: 50 });
  expect(first!.arms).toMatchObject([counts('held_back', made.filter((one) => !isIn(one))), counts('released', made.filter(isIn))]);
  expect((await figuresBefore(id)).arms.map(({ payments }: any) => payments)).toEqual([0, 0]); // it was not in force
}); // prettier-ignore

const figuresBefore = async (id: string): Promise<any> => {
  const query = `?created_before=${new Date(Date.now() - 3_600_000).toISOString()}`;
  return (await merchant.call('GET', `${path}/${id}/figures${query}`)).body.releases[0];
};

test('a dry run tells what other rules would do with the payments of the past, and writes nothing', async () => {
  await ruled({ routes: [prefers(own)] });
  const created_after = new Date(Date.now() - 1).toISOString();
  const made = [];
  for (const amount of [1_000, 2_000, 3_000]) made.push((await merchant.create({ amount, wait: 0 })).body);
  const currencies = ['CNY'];
  const { version } = await ruled({ routes: [prefers(own)], limits: [{ name: 'day', when: { currencies }, max_per_day: 1_000_000 }] });
  const { body: before } = await merchant.call('GET', path);
  const fees = [{ when: { currencies }, rate_ppm: 10_000 }];
  await merchant.call('POST', `/v1/channel_accounts/${own}`, { fees });
  const tried = { limits: [{ name: 'small', when: { currencies }, max: 2_500 }], routes: [{ ...prefers(shared), when: { currencies, amount_max: 1_500 } }, { ...prefers(own), name: 'rest' }] };
  const run = (given: object = {}, of = merchant) => of.call('POST', `${path}/dry_run`, { ...tried, created_after, ...given });
  const { status, body } = await run();
  expect(status).toBe(200);
  expect(dryRun.parse(body)).toEqual({
    object: 'dry_run', rules_version: version, payments: 3, moved: 2,
    accounts: { [own]: { before: 3, after: 1 }, [shared]: { before: 0, after: 1 } },
    refused: { amount_above_limit: { before: 0, after: 1 } },
    expected_fees: { CNY: { before: 60, after: 20 } },
    examples: [
      { payment_id: made[2].id, before: own, after: 'amount_above_limit', reason: "the rule 'small' allows 2500 at most, not 3000" },
      { payment_id: made[0].id, before: own, after: shared, reason: "'prefers' prefers it, as number 1 of 1" },
    ],
    not_evaluated: ['day'],
  });
  expect((await run({ limit: 1 })).body).toMatchObject({ payments: 1, examples: [{ payment_id: made[2].id }] });
  expect((await run({ created_before: created_after })).body).toMatchObject({ payments: 0, moved: 0, examples: [] });
  expect((await run({ routes: [] }, stranger)).body).toMatchObject({ payments: 0, rules_version: null });
  expect(await run({}, stranger)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/routes/1/accounts/0/channel_account' }] } });
  expect(await run({ limit: 1_001 })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/limit' }] } });
  expect((await merchant.call('GET', path)).body).toEqual(before);
  await merchant.call('POST', `/v1/channel_accounts/${own}`, { fees: null });
}); // prettier-ignore

test('a limit binds what a hold is raised to', async () => {
  const limits = [{ name: 'small', when: { currencies: ['USD'] }, max: 5_000 }];
  await ruled({ limits });
  const card = { currency: 'USD', capture: 'manual', method: { type: 'card', token: 'tok_ok' } };
  const { body } = await merchant.create(card);
  expect(await merchant.increment(body.id, 5_001)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/amount', code: 'amount_above_limit' }] } }); // prettier-ignore
  expect((await merchant.increment(body.id, 5_000)).body).toMatchObject({ amount_authorized: 5_000 }); // prettier-ignore
});

describe('a rule of refunds', () => {
  const paidByCard = async () => (await merchant.create({ currency: 'USD', amount: 2_000, method: { type: 'card', token: 'tok_ok' } })).body;
  const refund = (payment_id: string, amount?: number) =>
    merchant.call('POST', '/v1/refunds', { payment_id, amount }, { 'Idempotency-Key': randomUUID() });
  const decide = async (payment_id: string, decision: string) => {
    const { body } = await merchant.call('GET', `/v1/cases?payment_id=${payment_id}&status=open`);
    return merchant.call('POST', `/v1/cases/${body.data[0].id}/resolve`, { decision, reason: 'as agreed' });
  };
  const read = async (id: string) => (await merchant.call('GET', `/v1/refunds/${id}`)).body;

  test('has a person approve what is large: it is sent then, and the timeline says which rules wanted it', async () => {
    const { version } = await ruled({ refunds: [{ name: 'large', when: { currencies: ['USD'] }, approval_above: 500 }] });
    const { id } = await paidByCard();
    const { status, body: held } = await refund(id, 501);
    expect(status).toBe(201);
    expect(held).toMatchObject({ status: 'processing', approval: 'awaited', rules_version: version });
    const summaries = (await told(id)).map((one: any) => one.summary);
    expect(summaries).toContain(`refund requested: 501 (a person must approve it by the rules of version ${version})`);
    expect(await decide(id, 'accept')).toMatchObject({ status: 409, body: { code: 'case_decision_not_allowed' } });
    expect(await decide(id, 'approve')).toMatchObject({ status: 200, body: { kind: 'refund_approval', decision: 'approve' } });
    await merchant.until(id, ({ amount_refunded }) => amount_refunded === 501);
    expect(await read(held.id)).toMatchObject({ status: 'succeeded', approval: 'given' });
    const { body: rejected } = await refund(id, 1_000);
    expect((await decide(id, 'reject')).status).toBe(200);
    expect(await read(rejected.id)).toMatchObject({ status: 'failed', approval: 'denied' });
    expect((await refund(id, 1)).body).toMatchObject({ approval: 'awaited' }); // 502 in all
    const other = await paidByCard();
    expect(await refund(other.id, 500)).toMatchObject({ status: 201, body: { approval: null } });
  });

  test('refuses a part where only all goes back', async () => {
    await ruled({ refunds: [{ name: 'whole', partial: false, window_days: 30 }] });
    const { id } = await paidByCard();
    expect(await refund(id, 1)).toMatchObject({ status: 422, body: { code: 'partial_refund_not_allowed' } });
    expect(await refund(id)).toMatchObject({ status: 201, body: { amount: 2_000 } });
  });
}); // prettier-ignore

describe('the rules', () => {
  test('are read as they were written, in their versions, and belong to one app and mode', async () => {
    const refunds = [{ name: 'month', window_days: 30 }];
    const given = { description: 'all to one', limits: [], methods: [], routes: [prefers(own)], refunds }; // prettier-ignore
    const made = await ruled(given);
    expect(made).toMatchObject(given);
    expect((await merchant.call('GET', `${path}/${made.id}`)).body).toEqual(made);
    for (const other of [stranger, byLiveKey(stack, merchant)])
      expect((await other.call('GET', `${path}/${made.id}`)).status).toBe(404);
  });

  test('are written once under a key', async () => {
    const key = randomUUID();
    const [one, two] = [await write({ routes: [prefers(own)] }, merchant, key), await write({ routes: [prefers(own)] }, merchant, key)]; // prettier-ignore
    expect(two.body.id).toBe(one.body.id);
    expect(two.headers.get('idempotent-replayed')).toBe('true');
    expect(await write({ routes: [] }, merchant, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } }); // prettier-ignore
  });

  test('get a version each, however many are written at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => write({})));
    const versions = all.map(({ body }) => body.version as number);
    expect(new Set(versions).size).toBe(8);
  });

  test.each<[string, object, string]>([
    ['shares that are not whole', { routes: [{ name: 'a', accounts: [{ channel_account: 'OWN', percent: 99 }] }] }, '/routes/0/accounts'],
    ['shares for some alone', { routes: [{ name: 'a', accounts: [{ channel_account: 'OWN', percent: 100 }, { channel_account: 'SHARED' }] }] }, '/routes/0/accounts'],
    ['shares and a figure', { routes: [{ name: 'a', by: 'cost', accounts: [{ channel_account: 'OWN', percent: 100 }] }] }, '/routes/0/by'],
    ['a release without a percent', { methods: [{ name: 'a', release: ['card'] }] }, '/methods/0/percent'],
    ['neither denial nor release', { methods: [{ name: 'a' }] }, '/methods/0/deny'],
    ['an account of nobody', { routes: [{ name: 'a', accounts: [{ channel_account: 'cha_01h45ytscbebyvny4gc8cr8ma2' }] }] }, '/routes/0/accounts/0/channel_account'],
    ['a name twice', { methods: [{ name: 'a', deny: ['card'] }, { name: 'a', deny: ['paypal'] }] }, '/methods/1/name'],
    ['an amount without a currency', { limits: [{ name: 'a', when: {}, max: 5 }] }, '/limits/0/when/currencies'],
    ['a limit that allows nothing', { limits: [{ name: 'a', when: { currencies: ['CNY'] }, min: 6, max: 5 }] }, '/limits/0/max'],
    ['a limit without limits', { limits: [{ name: 'a', when: { currencies: ['CNY'] } }] }, '/limits/0/max'],
    ['a country of nobody', { methods: [{ name: 'a', when: { countries: ['XX'] }, deny: ['card'] }] }, '/methods/0/when/countries/0'],
    ['a zone of nowhere', { limits: [{ name: 'a', count_per_day: 5, zone: 'Europe/Atlantis' }] }, '/limits/0/zone'],
    ['a zone for nothing over time', { limits: [{ name: 'a', when: { currencies: ['CNY'] }, max: 5, zone: 'UTC' }] }, '/limits/0/max_per_day'],
    ['a sum of a day without a currency', { limits: [{ name: 'a', max_per_day: 5 }] }, '/limits/0/when/currencies'],
    ['an approval without a currency', { refunds: [{ name: 'a', approval_above: 5 }] }, '/refunds/0/when/currencies'],
    ['a rule of refunds that says nothing', { refunds: [{ name: 'a' }] }, '/refunds/0/window_days'],
    ['a method of nobody', { methods: [{ name: 'a', deny: ['cheque'] }] }, '/methods/0/deny/0'],
  ])('with %s are refused, and say where', async (_what, given, pointer) => {
    const body = JSON.stringify(given).replace('OWN', own).replace('SHARED', shared);
    const { status, body: problem } = await write(body);
    expect(status).toBe(400);
    expect(problem.errors).toMatchObject([{ pointer, code: 'invalid_field' }]);
  }); // prettier-ignore
});

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { channel as channelShape } from '../../src/api/channel-schema.ts';
import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { freePort } from '../../src/stack/port.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
/** Two accounts at WeChat Pay: the merchant's own at a port where nobody listens, and everybody's. */
let own: string;
let shared: string;
let sound: object;

beforeAll(async () => {
  stack = await launch({ EGRESS_ALLOW: '127.0.0.1:*', CIRCUIT_REFUSED_MAX: '3', CIRCUIT_PROBES: '2' });
  merchant = anotherMerchant(stack);
  const { body: keys } = await merchant.control('GET', '/control/keys');
  const { appid, mchid, merchant_serial, merchant_private_key, api_v3_key, ...platform } = keys['wechat-pay'];
  sound = {
    base_url: `http://127.0.0.1:${Number(new URL(stack.ready.sandbox).port) + 1}`,
    platform_keys: { [platform.platform_serial]: platform.platform_public_key },
    ...{ appid, mchid, merchant_serial, merchant_private_key, api_v3_key },
  };
  const settings = { ...sound, base_url: `http://127.0.0.1:${await freePort()}` };
  const made = await merchant.call('POST', '/v1/channel_accounts', { channel: 'wechat-pay', settings });
  own = made.body.id;
  shared = platform.channel_account;
}); // prettier-ignore
afterAll(() => stack.remove());

const accountOf = ({ body }: any) => paymentShape.parse(body).attempts[0]!.channel_account;
const channels = async (of = merchant): Promise<any[]> =>
  (await of.call('GET', '/v1/channels')).body.data.map((one: unknown) => channelShape.parse(one));
const channelOf = async (id: string) => (await channels()).find((one) => one.id === id);

/** The account once it looks like this. */
async function until(id: string, done: (channel: any) => boolean): Promise<any> {
  for (const deadline = Date.now() + 40_000; ;) {
    const found = await channelOf(id);
    if (done(found)) return found;
    if (Date.now() > deadline) throw new Error(`not in 40 s: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const pause = (id: string, body: object = {}, key: string = randomUUID()) =>
  merchant.call('POST', `/v1/channel_accounts/${id}/pause`, body, { 'Idempotency-Key': key });
const resume = (id: string) => merchant.call('POST', `/v1/channel_accounts/${id}/resume`, {});
const byOperator = (...words: string[]) => {
  const command = ['--import', 'tsx', 'src/stack/channel-account.ts', ...words, '--json'];
  return spawnSync(process.execPath, command, { env: stack.env, encoding: 'utf8' });
};

const outOf = async (count: number): Promise<any[]> => {
  const made = [];
  for (let nth = 0; nth < count; nth += 1) made.push(await merchant.create({ wait: 0 }));
  return made;
};

test('a channel that refuses connections is gone around by a rule, and used again once it is well', async () => {
  expect(await channelOf(own)).toMatchObject({ owner: 'merchant', circuit: { state: 'closed' } });
  const accounts = [own, shared].map((channel_account) => ({ channel_account }));
  const written = await merchant.call('POST', '/v1/rules', { routes: [{ name: 'both', accounts }] });
  expect(written.status).toBe(201);
  const first = await outOf(3);
  expect(first.map(accountOf)).toEqual([own, own, own]);
  const open = await until(own, ({ circuit }) => circuit.state !== 'closed');
  expect(open.circuit.next_probe_at).not.toBeNull();
  expect(open.window.never_sent).toBeGreaterThanOrEqual(3);
  expect(open.score.parts.unknown_rate.value).toBe(0);

  // One of them may be the probe.
  const other = (await outOf(3)).find((made) => accountOf(made) === shared);
  const { body: told } = await merchant.call('GET', `/v1/payments/${other.body.id}/timeline`);
  expect(told.data[0].summary).toContain(`${own} is passed over: its circuit is open`);

  const rated = await until(shared, ({ window }) => window.success_rate !== null);
  expect(rated.window.begun).toBeNull();
  const metrics = await (await fetch(`${stack.ready.api}/metrics`)).text();
  expect(metrics).toMatch(new RegExp(`holdfast_channel_circuit{channel="wechat-pay",channel_account="${own}"} [12]`));
  expect(metrics).toMatch(new RegExp(`holdfast_channel_score{channel="wechat-pay",channel_account="${shared}"} \\d`));
  expect(metrics).toMatch(new RegExp(`holdfast_channel_success_rate{channel="wechat-pay",channel_account="${shared}"} [01]`));
  expect(metrics).toContain(`holdfast_channel_unknown_rate{channel="wechat-pay",channel_account="${own}"} 1`);

  await merchant.call('POST', `/v1/channel_accounts/${own}`, { settings: sound });
  for (const deadline = Date.now() + 60_000; (await channelOf(own)).circuit.state !== 'closed';) {
    if (Date.now() > deadline) throw new Error('its circuit did not close in a minute');
    await merchant.create();
  }
  const late = await merchant.create();
  expect([accountOf(late), late.body.status]).toEqual([own, 'requires_action']);
}, 180_000); // prettier-ignore

describe('a pause', () => {
  test('by an operator of a shared account ends by his resume', async () => {
    expect(byOperator('pause', '--account', shared, '--reason', 'maintenance').status).toBe(0);
    expect(await until(shared, ({ paused }) => paused !== null)).toMatchObject({
      owner: 'platform',
      paused: { by: 'operator', reason: 'maintenance', until: null },
      window: { calls: null },
    });
    expect(byOperator('resume', '--account', shared).status).toBe(0);
    await until(shared, ({ paused }) => paused === null);
    expect(byOperator('pause', '--account', shared, '--until', 'yesterday').stderr).toContain('--until must be a time to come');
  }); // prettier-ignore

  test('lets no new attempt begin, and what is under way is paid and refunded', async () => {
    const { body } = await merchant.create();
    expect(body.attempts[0].channel_account).toBe(own);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { body: paused } = await pause(own, { reason: 'new keys', until });
    expect(channelShape.parse(paused).paused).toMatchObject({ reason: 'new keys', until });
    await merchant.payer(body, 'pay');
    await merchant.until(body.id, ({ status }) => status === 'succeeded');
    const { body: refund } = await merchant.refund(body.id, { wait: 10 });
    expect(refund.status).toBe('succeeded');
    expect(accountOf(await merchant.create({ wait: 0 }))).toBe(shared);
    expect((await resume(own)).body.paused).toBeNull();
    expect(accountOf(await merchant.create({ wait: 0 }))).toBe(own);
  });

  test('of everybody who serves is a refusal by its own code, and nothing is recorded', async () => {
    await pause(own);
    byOperator('pause', '--account', shared);
    await until(shared, ({ paused }) => paused !== null);
    const [order_no, key] = [randomUUID(), randomUUID()];
    expect(await merchant.create({ order_no }, key)).toMatchObject({
      status: 409,
      body: { code: 'channel_paused', category: 'channel', retryable: true },
    });
    byOperator('resume', '--account', shared);
    await until(shared, ({ paused }) => paused === null);
    const made = await merchant.create({ order_no, wait: 0 }, key);
    expect([made.status, accountOf(made)]).toEqual([201, shared]);
    await resume(own);
  });

  test('holds back what had not left before: it leaves when the pause ends, or is canceled when its time is over first', async () => {
    await merchant.call('POST', '/v1/rules', { routes: [{ name: 'own', accounts: [{ channel_account: own }] }] }); // no backup
    await merchant.fault('any', 'refuse_connection');
    const [waits, brief] = [await merchant.create({ wait: 0 }), await merchant.create({ wait: 0, expires_in: 10 })];
    expect([accountOf(waits), accountOf(brief)]).toEqual([own, own]);
    await pause(own);
    const over = await merchant.until(brief.body.id, ({ status }) => status === 'canceled', 60_000);
    expect(over).toMatchObject({ cancellation_reason: 'expired', amount_captured: 0 });
    await merchant.control('DELETE', '/control/faults'); // every worker knows of the pause by now
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await merchant.get(waits.body.id)).status).toBe('processing');
    await resume(own);
    await merchant.until(waits.body.id, ({ status }) => status === 'requires_action', 60_000);
    expect(await merchant.books(over)).toBeUndefined();
  }); // prettier-ignore

  test('is done once under a key', async () => {
    const key = randomUUID();
    await pause(own, { reason: 'once' }, key);
    await resume(own);
    const again = await pause(own, { reason: 'once' }, key);
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
    expect(again.body.paused).toBeNull();
    expect((await pause(own, { reason: 'other' }, key)).body.code).toBe('idempotency_key_reused');
  });

  test('is refused of accounts that are not the merchant’s, and for a time that is over', async () => {
    const codes = [pause(shared), pause('cha_none'), pause(own, { until: '2020-01-01T00:00:00Z' })];
    const answers = (await Promise.all(codes)).map(({ status, body }) => [status, body.code]);
    expect(answers).toEqual([[403, 'api_key_forbidden'], [404, 'not_found'], [400, 'invalid_field']]);
    const stranger = new Merchant(stack.ready);
    expect((await channels(stranger)).map(({ id }) => id)).not.toContain(own);
  }); // prettier-ignore
});

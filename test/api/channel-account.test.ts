import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { allChannels } from '../../src/channels/registry.ts';
import { launch, type Launched, logOf } from '../support/launcher.ts';
import { anotherMerchant, byLiveKey, Merchant } from '../support/merchant.ts';

const path = '/v1/channel_accounts';
const canary = 'canary0of0an0account';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;
let live: Merchant;
let database: pg.Client;
/** Of the sandbox, as its account has them. */
let wechat: any;

beforeAll(async () => {
  stack = await launch({ EGRESS_ALLOW: '127.0.0.1:*' });
  [merchant, stranger] = [anotherMerchant(stack), new Merchant(stack.ready)];
  database = new pg.Client(readFileSync(join(stack.dataDir, 'database_url'), 'utf8').trim());
  await database.connect();
  live = byLiveKey(stack, merchant);
  wechat = (await merchant.control('GET', '/control/keys')).body['wechat-pay'];
});
afterAll(async () => {
  await database.end();
  await stack.remove();
});

const stripe = (given: object = {}) => ({ api_key: `sk_test_${canary}`, webhook_secrets: [`whsec_${canary}`], ...given }); // prettier-ignore

const atSandbox = () => {
  const { appid, mchid, merchant_serial, merchant_private_key, api_v3_key } = wechat;
  const base_url = `http://127.0.0.1:${Number(new URL(stack.ready.sandbox).port) + 1}`;
  const platform_keys = { [wechat.platform_serial]: wechat.platform_public_key };
  return { base_url, appid, mchid, merchant_serial, merchant_private_key, platform_keys, api_v3_key };
}; // prettier-ignore

const create = (body: unknown, of = merchant, key?: string) =>
  of.call('POST', path, body, key ? { 'Idempotency-Key': key } : {});
const made = async (given: object = {}, of = merchant) =>
  (await create({ channel: 'stripe', settings: stripe(), ...given }, of)).body;

/** What the store keeps of it, as text. */
const dump = async (id: string) =>
  (await database.query('select a::text from channel_accounts a where id = $1', [id])).rows.map((row) => row.a).join('\n'); // prettier-ignore

describe('201', () => {
  test('an account of one’s own says what it serves and where its channel calls back, and shows no secret', async () => {
    const { status, headers, body } = await create({ channel: 'stripe', settings: stripe(), methods: ['card'], currencies: ['EUR', 'JPY'] }); // prettier-ignore
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${path}/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^cha_/),
      object: 'channel_account',
      channel: 'stripe',
      methods: ['card'],
      currencies: ['EUR', 'JPY'],
      fees: null,
      livemode: false,
      callback_url: `${stack.ready.api}/v1/callbacks/stripe/${body.id}`,
      owner: 'merchant',
      version: 1,
      created_at: expect.any(String),
    });
    expect((await merchant.call('GET', `${path}/${body.id}`)).body).toEqual(body);
    const list = (await merchant.call('GET', path)).body.data;
    expect(list[0]).toEqual(body);
    expect(list.filter((one: any) => one.owner === 'platform')).toHaveLength(allChannels().length);
  });

  test('its secrets are neither in the store nor in a log nor among the figures', async () => {
    const { id } = await made();
    expect(await dump(id)).toContain(id);
    const metrics = await (await fetch(`${stack.ready.api}/metrics`)).text();
    for (const text of [await dump(id), metrics, logOf(stack, 'api'), logOf(stack, 'worker')])
      expect(text).not.toContain(canary);
  });

  test('a payment is made with it, and its channel calls back at its own address', async () => {
    const account = await made({ channel: 'wechat-pay', settings: atSandbox() });
    const { body: payment } = await merchant.create();
    expect(payment.attempts).toMatchObject([{ channel_account: account.id }]);
    await merchant.payer(payment, 'pay');
    const paid = await merchant.until(payment.id, (one) => one.status === 'succeeded');
    expect(await merchant.books(paid)).toMatchObject({ paid_count: 1 });
    const { body: timeline } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(timeline.data.map((entry: any) => entry.kind)).toContain('callback');
    const { body: other } = await stranger.create();
    expect(other.attempts[0].channel_account).not.toBe(account.id); // the shared one
  });

  test('an account that is narrowed serves nothing else', async () => {
    const own = anotherMerchant(stack);
    const account = await made({ currencies: ['EUR'] }, own);
    const card = { type: 'card', token: 'tok_ok' };
    const usd = await own.create({ method: card, currency: 'USD' });
    expect(usd.body.attempts[0].channel_account).not.toBe(account.id);
    const eur = await own.create({ method: card, currency: 'EUR', wait: 0 });
    expect(eur.body.attempts[0].channel_account).toBe(account.id);
  });

  test('a live key makes live accounts, which test keys do not see', async () => {
    const settings = stripe({ api_key: `sk_live_${canary}` });
    const { status, body } = await create({ channel: 'stripe', settings }, live);
    expect({ status, livemode: body.livemode }).toEqual({ status: 201, livemode: true });
    expect((await merchant.call('GET', `${path}/${body.id}`)).status).toBe(404);
  });

  test('the same key makes one account, and another body is refused', async () => {
    const key = randomUUID();
    const body = { channel: 'stripe', settings: stripe() };
    const first = await create(body, merchant, key);
    const again = await create(body, merchant, key);
    expect(again.body).toEqual(first.body);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    const other = await create({ ...body, currencies: ['EUR'] }, merchant, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});

describe('200: a change', () => {
  const change = (id: string, body: unknown, of = merchant, key?: string) =>
    of.call('POST', `${path}/${id}`, body, key ? { 'Idempotency-Key': key } : {});

  test('replaces what it names and leaves the rest, as a new version', async () => {
    const { id, created_at } = await made({ currencies: ['EUR'] });
    const changed = await change(id, { settings: { api_key: 'sk_test_2' } });
    expect(changed).toMatchObject({
      status: 200,
      body: { id, version: 2, currencies: ['EUR'], created_at },
    });
    const widened = await change(id, { currencies: null, methods: ['card'] });
    expect(widened.body).toMatchObject({ version: 3, methods: ['card'] });
    expect(widened.body.currencies).toContain('USD');
    expect(await dump(id)).not.toContain('sk_test_2');
    const fees = [
      { when: { methods: ['card'], currencies: ['USD'] }, rate_ppm: 29_000, fixed: 30 },
    ];
    expect((await change(id, { fees })).body).toMatchObject({ version: 4, fees });
    expect((await change(id, { fees })).body).toMatchObject({ version: 4, methods: ['card'] });
    expect((await change(id, { fees: null })).body).toMatchObject({ version: 5, fees: null });
    const wrong = await change(id, { fees: [{ rate_ppm: 1, fixed: 30 }] });
    expect(wrong.body.errors).toMatchObject([
      { pointer: '/fees/0/when/currencies', code: 'invalid_field' },
    ]);
  });

  test('that changes nothing makes no version, nor does the same key', async () => {
    const { id } = await made();
    expect((await change(id, { settings: stripe() })).body.version).toBe(1);
    expect((await change(id, {})).body.version).toBe(1);
    const key = randomUUID();
    const body = { settings: { api_key: 'sk_test_3' } };
    expect((await change(id, body, merchant, key)).body.version).toBe(2);
    const again = await change(id, body, merchant, key);
    expect([again.body.version, again.headers.get('idempotent-replayed')]).toEqual([2, 'true']);
    const other = await change(id, { settings: { api_key: 'sk_test_4' } }, merchant, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('by twenty at once loses none', async () => {
    const { id } = await made();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => change(id, { settings: { api_key: `sk_test_n${n}` } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await merchant.call('GET', `${path}/${id}`)).body.version).toBe(21);
  });

  test('is checked as a whole: what it leaves must still do', async () => {
    const { id } = await made();
    const { status, body } = await change(id, { settings: { webhook_secrets: null, colour: 'red' } }); // prettier-ignore
    expect(status).toBe(422);
    expect(body.errors.map((one: any) => [one.pointer, one.code])).toEqual([
      ['/settings/webhook_secrets', 'invalid_settings'],
      ['/settings/colour', 'invalid_settings'],
    ]);
    expect((await merchant.call('GET', `${path}/${id}`)).body.version).toBe(1);
  });

  test('to another account at the channel is refused, and new keys of the same one are not', async () => {
    const own = anotherMerchant(stack);
    const { id } = await made({ channel: 'wechat-pay', settings: atSandbox() }, own);
    const { status, body } = await change(id, { settings: { mchid: '1900000009', merchant_serial: 'N2' } }, own); // prettier-ignore
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      {
        pointer: '/settings/mchid',
        code: 'invalid_settings',
        detail: 'names another account at wechat-pay: make another cha_… for it',
      },
    ]);
    const { mchid } = atSandbox();
    const rotated = await change(id, { settings: { mchid, merchant_serial: 'N2' } }, own);
    expect(rotated).toMatchObject({ status: 200, body: { version: 2 } });
  });

  test('of a shared account is forbidden; of another merchant’s, or of none, there is nothing', async () => {
    const shared = (await merchant.call('GET', path)).body.data.at(-1);
    expect(await change(shared.id, { currencies: null })).toMatchObject({ status: 403, body: { code: 'api_key_forbidden' } }); // prettier-ignore
    const { id } = await made();
    for (const nobodys of [id, 'cha_01h45ytscbebyvny4gc8cr8ma2'])
      expect(await change(nobodys, { settings: {} }, stranger)).toMatchObject({ status: 404, body: { code: 'not_found' } }); // prettier-ignore
    expect((await stranger.call('GET', `${path}/${id}`)).status).toBe(404);
    const seen = (await stranger.call('GET', path)).body.data;
    expect(seen.map((one: any) => one.id)).not.toContain(id);
  });
});

describe('200: a retirement', () => {
  const retire = (id: string, body: object = {}, of = merchant, key?: string) =>
    of.call('POST', `${path}/${id}/retire`, body, key ? { 'Idempotency-Key': key } : {});
  const retired = async (id: string) => {
    const text = 'select version from channel_accounts where id = $1 and retired_at is not null order by version';
    return (await database.query<{ version: number }>(text, [id])).rows.map(({ version }) => version);
  }; // prettier-ignore
  const versions = async (count: number) => {
    const { id } = await made();
    for (let n = 2; n <= count; n += 1)
      await merchant.call('POST', `${path}/${id}`, { settings: { api_key: `sk_test_${n}` } });
    return id as string;
  };

  test('is of all versions but the newest, or up to one; again it changes nothing', async () => {
    const id = await versions(4);
    const { status, body } = await retire(id, { version: 2 });
    expect({ status, body }).toMatchObject({ status: 200, body: { id, object: 'channel_account', version: 4 } });
    expect(await retired(id)).toEqual([1, 2]);
    for (const _ of [1, 2]) expect((await retire(id)).status).toBe(200);
    expect(await retired(id)).toEqual([1, 2, 3]);
  }); // prettier-ignore

  test('of a key that has leaked: what it signs is refused from then on', async () => {
    const own = anotherMerchant(stack);
    const { id } = await made({ channel: 'wechat-pay', settings: atSandbox() }, own);
    const { body: payment } = await own.create();
    const platform_keys = { PUB_KEY_ID_OTHER: Object.values(atSandbox().platform_keys)[0] };
    expect((await own.call('POST', `${path}/${id}`, { settings: { platform_keys } })).body.version).toBe(2);
    expect((await retire(id, {}, own)).status).toBe(200);
    await merchant.payer(payment, 'pay');
    const again = `/control/callbacks/wechat-pay/${payment.attempts[0].reference}/resend`;
    expect((await merchant.control('POST', again, {})).body.statuses).toEqual([401]);
  }); // prettier-ignore

  test('under the same key is one, whatever came since; another body is refused', async () => {
    const id = await versions(2);
    const key = randomUUID();
    await retire(id, {}, merchant, key);
    await merchant.call('POST', `${path}/${id}`, { settings: { api_key: 'sk_test_later' } });
    const again = await retire(id, {}, merchant, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(await retired(id)).toEqual([1]);
    const other = await retire(id, { version: 2 }, merchant, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('of the newest version is refused, and its key stays free', async () => {
    const id = await versions(2);
    const key = randomUUID();
    for (const version of [2, 3])
      expect(await retire(id, { version }, merchant, key)).toMatchObject({ status: 409, body: { code: 'settings_in_use' } });
    expect(await retired(id)).toEqual([]);
    expect((await retire(id, { version: 1 }, merchant, key)).status).toBe(200);
  }); // prettier-ignore

  test('of a shared account is forbidden; of another merchant’s there is nothing', async () => {
    const shared = (await merchant.call('GET', path)).body.data.at(-1);
    expect(await retire(shared.id)).toMatchObject({ status: 403, body: { code: 'api_key_forbidden' } });
    expect(await retire(await versions(2), {}, stranger)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    for (const version of [0, 1.5, '1', null])
      expect(await retire(shared.id, { version })).toMatchObject({ status: 400, body: { code: 'invalid_field' } });
  }); // prettier-ignore
});

describe('400 and 422', () => {
  test.each<[string, any, string[][]]>([
    ['nothing', {}, [['/channel', 'invalid_field'], ['/settings', 'invalid_field']]],
    ['a channel that does not exist', { channel: 'nopay', settings: {} }, [['/channel', 'invalid_field']]],
    ['settings that are none', { channel: 'stripe', settings: canary }, [['/settings', 'invalid_field']]],
    ['wrong members, all named', { channel: 'stripe', settings: { api_key: canary, webhook_secrets: [canary], [`${canary}~/`]: 'one' } },
      [['/settings/api_key', 'invalid_settings'], ['/settings/webhook_secrets/0', 'invalid_settings'], [`/settings/${canary}~0~1`, 'invalid_settings']]],
    ['a member that no channel could have', { channel: 'stripe', settings: { api_key: 5.5 } }, [['/settings/api_key', 'invalid_field']]],
    ['a number where a text belongs', { channel: 'stripe', settings: { api_key: 5 } }, [['/settings/api_key', 'invalid_settings'], ['/settings/webhook_secrets', 'invalid_settings']]],
    ['a delay that no account has', { channel: 'adyen', settings: { settlement_delay_days: 99 } },
      ['merchant_account', 'api_key', 'hmac_keys', 'settlement_delay_days'].map((name) => [`/settings/${name}`, 'invalid_settings'])],
    ['a live key in a test account', { channel: 'stripe', settings: { api_key: `sk_live_${canary}`, webhook_secrets: ['whsec_x'] } }, [['/settings', 'invalid_settings']]],
    ['a method of another channel', { channel: 'stripe', settings: {}, methods: ['card', 'alipay_qr'] },
      [['/settings/api_key', 'invalid_settings'], ['/settings/webhook_secrets', 'invalid_settings'], ['/methods/1', 'method_not_supported']]],
    ['no method at all', { channel: 'stripe', settings: {}, methods: [] }, [['/methods', 'invalid_field'], ['/settings/api_key', 'invalid_settings'], ['/settings/webhook_secrets', 'invalid_settings']]],
    ['a currency that the channel has not', { channel: 'wechat-pay', settings: { api_v3_key: canary }, currencies: ['USD'] },
      [...['appid', 'mchid', 'merchant_serial', 'merchant_private_key', 'platform_keys', 'api_v3_key'].map((name) => [`/settings/${name}`, 'invalid_settings']),
        ['/currencies/0', 'currency_not_supported']]],
  ])('%s is refused, each member by name and none by value', async (_what, body, expected) => {
    const answer = await create(body);
    const errors = answer.body.errors.map((one: any) => [one.pointer, one.code]);
    expect(errors).toEqual(expected);
    expect(answer.status).toBe(expected[0]![1] === 'invalid_field' ? 400 : 422);
    for (const one of answer.body.errors) expect(one.detail).not.toContain(canary);
  }); // prettier-ignore

  test.each([
    'http://api.stripe.com', 'https://api.stripe.com:8443', 'https://api.stripe.com.evil.example', 'https://u:p@api.stripe.com',
    'https://evil.example', 'http://10.0.0.1', 'https://169.254.169.254', 'https://localhost',
  ])('the address %s is none of the channel’s', async (base_url) => {
    const refused = { status: 422, body: { errors: [{ pointer: '/settings/base_url', code: 'invalid_settings' }] } };
    for (const [api_key, of] of [[`sk_live_${canary}`, live], [`sk_test_${canary}`, merchant]] as const) {
      const settings = stripe({ api_key, base_url });
      expect(await create({ channel: 'stripe', settings }, of)).toMatchObject(refused);
    }
  }); // prettier-ignore

  test('no address is that of a channel without a host of its own: an operator makes its accounts', async () => {
    const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const;
    const { publicKey, privateKey } = generateKeyPairSync('ed25519', pem);
    const settings = { base_url: 'https://bank.example', customer: 'CST1', customer_key_id: 'k1', customer_private_key: privateKey, bank_keys: { b1: publicKey } };
    const detail = 'must be https at a host of the channel (it has none that is everybody’s, so an operator makes its accounts)';
    expect(await create({ channel: 'bank-transfer', settings }, live)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/settings/base_url', code: 'invalid_settings', detail }] } });
  }); // prettier-ignore

  test('what EGRESS_ALLOW lists is for test accounts alone', async () => {
    const base_url = 'http://127.0.0.1:1';
    expect((await create({ channel: 'stripe', settings: stripe({ base_url }) })).status).toBe(201);
    const settings = { ...stripe({ api_key: `sk_live_${canary}` }), base_url };
    expect((await create({ channel: 'stripe', settings }, live)).status).toBe(422);
  });
});

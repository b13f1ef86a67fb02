import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { versionsOf } from '../support/account-version.ts';
import { CallbackSender } from '../support/callback.ts';
import { ChannelAccounts, until } from '../support/channel-account.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';
import { StripeEventSender } from '../support/stripe-event.ts';

let stack: Launched;
let merchant: Merchant;
let accounts: ChannelAccounts;
let database: pg.Client;
let keys: any;

beforeAll(async () => {
  // Nobody asks: what succeeds, succeeds by its callback.
  stack = await launch({ POLL_SCHEDULE: '600', SANDBOX_PROCESSING_MS: '500' });
  merchant = new Merchant(stack.ready);
  accounts = new ChannelAccounts(stack);
  database = new pg.Client(readFileSync(join(stack.dataDir, 'database_url'), 'utf8').trim());
  await database.connect();
  keys = (await merchant.control('GET', '/control/keys')).body;
});
afterAll(async () => {
  await database.end();
  await stack.remove();
});

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

interface Rotated {
  readonly order: object;
  /** The payer has paid, and the channel will say so by a callback alone. */
  readonly pay: (payment: any) => Promise<unknown>;
  /** What is new of the account's settings. The sandbox goes on with the old keys; test/reliability/channel-key.test.ts has it change them. */
  readonly rotation: () => object;
  /** A callback that is signed with the new keys. */
  readonly signedAnew: (payment: any) => Promise<number>;
}

const channels: Readonly<Record<'wechat-pay' | 'stripe', Rotated>> = {
  'wechat-pay': {
    order: {},
    pay: (payment) => merchant.payer(payment, 'pay'),
    // The old platform key stays known for replies; callbacks cannot be read without the old APIv3 key.
    rotation: () => ({
      platform_keys: { PUB_KEY_ID_2: publicKey, [keys['wechat-pay'].platform_serial]: keys['wechat-pay'].platform_public_key },
      api_v3_key: 'another0api0v3key0of0thirtytwo00',
    }),
    signedAnew: async (payment) => {
      const anew = { platform_serial: 'PUB_KEY_ID_2', platform_private_key: privateKey, api_v3_key: 'another0api0v3key0of0thirtytwo00' };
      const sender = await CallbackSender.of(merchant, anew);
      return (await sender.send({ resource: sender.resourceOf(payment, { transaction_id: payment.channel_reference }) })).status;
    },
  },
  stripe: {
    order: { method: { type: 'card', token: 'tok_processing' }, currency: 'USD', wait: 0 },
    pay: () => Promise.resolve(), // by itself, after SANDBOX_PROCESSING_MS
    rotation: () => ({ webhook_secrets: ['whsec_rolled'] }),
    signedAnew: async (payment) => {
      const sender = await StripeEventSender.of(merchant, { webhook_secret: 'whsec_rolled' });
      return (await sender.paid(payment, payment.channel_reference)).status;
    },
  },
}; // prettier-ignore

const isPaid = ({ status }: any) => status === 'succeeded';
describe.each(['wechat-pay', 'stripe'] as const)('%s', (slug) => {
  const { order, pay, rotation, signedAnew } = channels[slug];
  const unbelieved = () => accounts.unbelieved(slug);
  const account = () => keys[slug].channel_account as string;
  const payments: any[] = [];

  test('F34: a key rotated under load breaks no callback in flight', async () => {
    let isLoaded = true;
    const shopper = async () => {
      while (isLoaded) {
        const { status, body } = await merchant.create(order);
        expect(status).toBe(201);
        payments.push(body);
        await pay(body);
      }
    };
    const load = Promise.all([shopper(), shopper(), shopper()]);
    const version = await accounts.update(account(), rotation());
    const before = payments.length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    isLoaded = false;
    await load;
    expect({ version, isUnderLoad: payments.length > before && before > 0 }).toEqual({ version: 2, isUnderLoad: true }); // prettier-ignore
    for (const { id } of payments) {
      const paid = await merchant.until(id, isPaid);
      expect(paid).toMatchObject({ amount_captured: 1_999, late: false, outcome: 'known' });
    }
    expect(await versionsOf(database, payments)).toEqual([1, 2]);
    expect(unbelieved()).toBe(0);
  }, 180_000);

  test('the new key is believed, also about what was made with the old one', async () => {
    const [old] = payments;
    expect(await signedAnew(await merchant.get(old.id))).toBeLessThan(300);
    expect(await merchant.get(old.id)).toMatchObject({ status: 'succeeded', refunds: [] });
  });

  test('a payment that was made with the old version is refunded', async () => {
    const { status, body } = await merchant.refund(payments[0].id, { amount: 1, wait: 20 });
    expect({ status, is: body.status }).toEqual({ status: 201, is: 'succeeded' });
  });

  test('a key that has leaked is believed no more as soon as it is retired; asking goes on with the new one', async () => {
    await accounts.retire(account());
    const { body: payment } = await merchant.create(order);
    await pay(payment);
    await until(async () => (await merchant.books(payment))?.state === 'paid');
    const before = unbelieved();
    await until(() => unbelieved() > before); // sent again and again
    expect((await merchant.get(payment.id)).status).not.toBe('succeeded');
    const asked = await merchant.call('POST', `/v1/payments/${payment.id}/sync`, {});
    expect(asked.status).toBe(200);
    await merchant.until(payment.id, isPaid);
    const refund = await merchant.refund(payments[1].id, { amount: 1, wait: 0 });
    expect(refund.status).toBe(201); // of a payment that was made with the retired version
    const isTaken = (one: any) => [one.amount_refunding, one.amount_refunded].includes(1);
    await merchant.until(payments[1].id, isTaken);
  });
});

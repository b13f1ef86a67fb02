import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { versionsOf } from '../support/account-version.ts';
import { ChannelAccounts, until } from '../support/channel-account.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let accounts: ChannelAccounts;
let database: pg.Client;
let keys: any;

beforeAll(async () => {
  // Nobody asks: what succeeds, succeeds by its callback.
  stack = await launch({
    POLL_SCHEDULE: '600',
    SANDBOX_PROCESSING_MS: '300',
    SANDBOX_CALLBACK_SCALE: '0.005', // of Alipay's first four minutes 1.2 s are left
    SANDBOX_REFUND_SPACING_MS: '0',
  });
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

/** How a channel's key is changed: what the account knows the channel by, before and after. */
interface Changed {
  readonly order: object;
  /** The payer pays; left out where that needs nobody, and a callback alone says it. */
  readonly pay?: (payment: any) => Promise<unknown>;
  /** Are its replies signed too? */
  readonly signsReplies: boolean;
  readonly both: () => object;
  readonly nextAlone: () => object;
  /** What the sandbox is told besides the channel and the key. */
  readonly told?: object;
}

const paying = (payment: any) => merchant.payer(payment, 'pay');
const byCard = { method: { type: 'card', token: 'tok_processing' }, wait: 0 };

const channels: Readonly<Record<string, Changed>> = {
  'wechat-pay': {
    order: {},
    pay: paying,
    signsReplies: true,
    both: () => ({ platform_keys: { [keys['wechat-pay'].platform_serial]: keys['wechat-pay'].platform_public_key, [keys['wechat-pay'].next_platform_serial]: keys['wechat-pay'].next_platform_public_key } }),
    nextAlone: () => ({ platform_keys: { [keys['wechat-pay'].next_platform_serial]: keys['wechat-pay'].next_platform_public_key } }),
  },
  alipay: {
    order: { method: { type: 'alipay_qr' } },
    pay: paying,
    signsReplies: true,
    both: () => ({ alipay_public_keys: [keys.alipay.alipay_public_key, keys.alipay.next_alipay_public_key] }),
    nextAlone: () => ({ alipay_public_keys: [keys.alipay.next_alipay_public_key] }),
  },
  stripe: {
    order: { ...byCard, currency: 'USD' },
    signsReplies: false,
    both: () => ({ webhook_secrets: [keys.stripe.webhook_secret, keys.stripe.next_webhook_secret] }),
    nextAlone: () => ({ webhook_secrets: [keys.stripe.next_webhook_secret] }),
    told: { overlap_s: 0 },
  },
  paypal: {
    order: { method: { type: 'paypal' }, currency: 'USD' },
    pay: paying,
    signsReplies: false,
    both: () => ({ webhook_certificates: [keys.paypal.webhook_certificate, keys.paypal.next_webhook_certificate] }),
    nextAlone: () => ({ webhook_certificates: [keys.paypal.next_webhook_certificate] }),
  },
  'bank-transfer': {
    order: { method: { type: 'bank_transfer' }, currency: 'EUR' },
    pay: (payment) => merchant.payer(payment, 'pay', { amount: 1_999, currency: 'EUR' }),
    signsReplies: true,
    both: () => ({ bank_keys: { [keys['bank-transfer'].bank_key_id]: keys['bank-transfer'].bank_public_key, [keys['bank-transfer'].next_bank_key_id]: keys['bank-transfer'].next_bank_public_key } }),
    nextAlone: () => ({ bank_keys: { [keys['bank-transfer'].next_bank_key_id]: keys['bank-transfer'].next_bank_public_key } }),
  },
  adyen: {
    order: { ...byCard, currency: 'KWD', return_url: 'https://shop.example/back' },
    signsReplies: false,
    both: () => ({ hmac_keys: [keys.adyen.hmac_key, keys.adyen.next_hmac_key] }),
    nextAlone: () => ({ hmac_keys: [keys.adyen.next_hmac_key] }),
  },
  unionpay: {
    order: { method: { type: 'unionpay_qr' } },
    pay: paying,
    signsReplies: true,
    both: () => ({ unionpay_certificates: [keys.unionpay.unionpay_certificate, keys.unionpay.next_unionpay_certificate] }),
    nextAlone: () => ({ unionpay_certificates: [keys.unionpay.next_unionpay_certificate] }),
  },
}; // prettier-ignore

const isPaid = ({ status }: any) => status === 'succeeded';

describe.each(Object.keys(channels))('%s', (slug) => {
  const { order, pay, signsReplies, both, nextAlone, told = {} } = channels[slug]!;
  const account = () => keys[slug].channel_account as string;
  const signsWith = async (key: 'first' | 'next', more: object = {}) => {
    const { status } = await merchant.control('POST', '/control/keys/rotate', { channel: slug, key, ...more }); // prettier-ignore
    expect(status).toBe(200);
  };
  const payments: any[] = [];
  let unpaid: any;
  const bought = async () => {
    const { status, body } = await merchant.create(order);
    expect(status).toBe(201);
    return body;
  };

  test('F34: a key that the channel changes under load breaks no callback of either', async () => {
    const rounds = [0, 0, 0];
    let isLoaded = true;
    const shopper = async (me: number) => {
      for (; isLoaded; rounds[me]! += 1) {
        const payment = await bought();
        await pay?.(payment);
        payments.push(payment);
      }
    };
    /** Until whatever was under way is through, and more came after it. */
    const twoRounds = async () => {
      const before = [...rounds];
      await until(() => rounds.every((count, me) => count >= before[me]! + 2), 60_000);
    };
    const load = Promise.all(rounds.map((_, me) => shopper(me)));
    await twoRounds();
    unpaid = await bought();
    expect(await accounts.update(account(), both())).toBe(2);
    await twoRounds();
    await signsWith('next');
    await twoRounds();
    isLoaded = false;
    await load;
    for (const { id } of payments)
      expect(await merchant.until(id, isPaid)).toMatchObject({ amount_captured: 1_999, late: false, outcome: 'known' }); // prettier-ignore
    expect(await versionsOf(database, payments)).toEqual([1, 2]);
    expect(accounts.unbelieved(slug)).toBe(0);
  }, 300_000);

  test('F34: of what was made before, and whose callback is lost, the channel is asked, and believed', async () => {
    const { reference } = unpaid.attempts[0];
    if (!pay || !signsReplies) return;
    await merchant.control('POST', '/control/faults', { channel: slug, operation: 'callback', fault: 'drop', reference }); // prettier-ignore
    await pay(unpaid);
    expect((await merchant.call('POST', `/v1/payments/${unpaid.id}/sync`)).status).toBe(200);
    await merchant.until(unpaid.id, isPaid);
    expect(await versionsOf(database, [unpaid])).toEqual([1]);
  });

  test('once the old key has ended, what was made with it is given back by the new one', async () => {
    expect(await accounts.update(account(), nextAlone())).toBe(3);
    await accounts.retire(account());
    const [old] = payments;
    expect((await merchant.refund(old.id, { amount: 500 })).status).toBe(201);
    await merchant.until(old.id, (one) => one.amount_refunded === 500);
  });

  test('what the old key signs then is refused as forged, and believed when it comes signed with the new one', async () => {
    const made = signsReplies ? await bought() : null; // while its reply is believed
    await signsWith('first', told);
    const payment = made ?? (await bought());
    await pay?.(payment);
    await until(() => accounts.unbelieved(slug) > 0);
    expect((await merchant.get(payment.id)).status).not.toBe('succeeded');
    await signsWith('next', told);
    const paid = await merchant.until(payment.id, isPaid);
    expect(paid).toMatchObject({ amount_captured: 1_999, refunds: [] });
  }, 120_000);
});

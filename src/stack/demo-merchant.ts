import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type pg from 'pg';

import { withClient } from '../store/client.ts';
import type { Keyring } from '../store/keyring.ts';
import {
  type MadeMerchant,
  seedDemo,
  seedSandboxAccount,
  type SharedAccount,
} from '../store/seed.ts';
import type { SandboxAddress } from './sandbox-address.ts';

/** The published test keys (contract section 7, `GET /control/keys`). */
interface Keys {
  readonly 'wechat-pay': {
    readonly channel_account: string;
    readonly appid: string;
    readonly mchid: string;
    readonly merchant_serial: string;
    readonly merchant_private_key: string;
    readonly platform_serial: string;
    readonly platform_public_key: string;
    readonly api_v3_key: string;
  };
  readonly alipay: {
    readonly channel_account: string;
    readonly app_id: string;
    readonly seller_id: string;
    readonly app_private_key: string;
    readonly alipay_public_key: string;
  };
  readonly stripe: {
    readonly channel_account: string;
    readonly api_key: string;
    readonly webhook_secret: string;
  };
  readonly paypal: {
    readonly channel_account: string;
    readonly client_id: string;
    readonly client_secret: string;
    readonly merchant_id: string;
    readonly webhook_id: string;
    readonly webhook_certificate: string;
  };
  readonly 'bank-transfer': {
    readonly channel_account: string;
    readonly customer: string;
    readonly customer_key_id: string;
    readonly customer_private_key: string;
    readonly bank_key_id: string;
    readonly bank_public_key: string;
  };
  readonly adyen: {
    readonly channel_account: string;
    readonly merchant_account: string;
    readonly api_key: string;
    readonly report_api_key: string;
    readonly hmac_key: string;
  };
  readonly unionpay: {
    readonly channel_account: string;
    readonly mer_id: string;
    readonly cert_id: string;
    readonly merchant_private_key: string;
    readonly unionpay_certificate: string;
  };
}

/**
 * The merchant "Demo" with test accounts that point at the sandbox, and its key, kept in DATA_DIR/api_key so
 * that every start shows the same one. Never in production: published keys would take real orders.
 * Throws an Error that says so when no sandbox answers.
 */
export async function demoMerchant(
  databaseUrl: string,
  dataDir: string,
  sandbox: SandboxAddress,
  keyring: Keyring,
): Promise<MadeMerchant> {
  const keyFile = join(dataDir, 'api_key');
  const kept = existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : null;
  const accounts = accountsAt(await keysOf(sandbox), sandbox);
  return withClient(databaseUrl, async (client) => {
    const db = client as unknown as pg.PoolClient;
    await client.query('begin'); // its locks keep two starts from making two merchants
    const made = await seedDemo(db, kept, keyring);
    for (const account of accounts) await seedSandboxAccount(db, account, keyring);
    await client.query('commit');
    if (made.api_key !== kept) {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(keyFile, `${made.api_key}\n`, { mode: 0o600 });
    }
    return made;
  });
}

async function keysOf({ control }: SandboxAddress): Promise<Keys> {
  try {
    const response = await fetch(`${control}/control/keys`, {
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return (await response.json()) as Keys;
  } catch (error) {
    throw new Error(`no sandbox answers at ${control}`, { cause: error });
  }
}

/** Of the channel whose other side is ours. */
const balanceAccount = { id: 'cha_01jdw0000000000000ba1ance0', channel: 'balance', settings: {} };

/** One test account per channel; those of channels with a wire point at the sandbox. */
function accountsAt(
  { 'wechat-pay': wechat, alipay, stripe, paypal, 'bank-transfer': bank, adyen, unionpay }: Keys,
  { channels }: SandboxAddress,
): SharedAccount[] {
  return [
    {
      id: wechat.channel_account,
      channel: 'wechat-pay',
      settings: {
        base_url: channels['wechat-pay'],
        appid: wechat.appid,
        mchid: wechat.mchid,
        merchant_serial: wechat.merchant_serial,
        merchant_private_key: wechat.merchant_private_key,
        platform_keys: { [wechat.platform_serial]: wechat.platform_public_key },
        api_v3_key: wechat.api_v3_key,
      },
    },
    {
      id: alipay.channel_account,
      channel: 'alipay',
      settings: {
        base_url: channels.alipay,
        app_id: alipay.app_id,
        seller_id: alipay.seller_id,
        app_private_key: alipay.app_private_key,
        alipay_public_keys: [alipay.alipay_public_key],
      },
    },
    {
      id: stripe.channel_account,
      channel: 'stripe',
      settings: {
        base_url: channels.stripe,
        api_key: stripe.api_key,
        webhook_secrets: [stripe.webhook_secret],
      },
    },
    {
      id: paypal.channel_account,
      channel: 'paypal',
      settings: {
        base_url: channels.paypal,
        client_id: paypal.client_id,
        client_secret: paypal.client_secret,
        merchant_id: paypal.merchant_id,
        webhook_id: paypal.webhook_id,
        webhook_certificates: [paypal.webhook_certificate],
      },
    },
    {
      id: bank.channel_account,
      channel: 'bank-transfer',
      settings: {
        base_url: channels['bank-transfer'],
        customer: bank.customer,
        customer_key_id: bank.customer_key_id,
        customer_private_key: bank.customer_private_key,
        bank_keys: { [bank.bank_key_id]: bank.bank_public_key },
      },
    },
    {
      id: adyen.channel_account,
      channel: 'adyen',
      settings: {
        base_url: channels.adyen,
        merchant_account: adyen.merchant_account,
        api_key: adyen.api_key,
        report_api_key: adyen.report_api_key,
        hmac_keys: [adyen.hmac_key],
      },
    },
    {
      id: unionpay.channel_account,
      channel: 'unionpay',
      settings: {
        base_url: channels.unionpay,
        mer_id: unionpay.mer_id,
        cert_id: unionpay.cert_id,
        merchant_private_key: unionpay.merchant_private_key,
        unionpay_certificates: [unionpay.unionpay_certificate],
      },
    },
    balanceAccount,
  ];
}

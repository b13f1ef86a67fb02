import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { type MadeMerchant, seedChannelAccount, seedDemo } from '../store/seed.ts';
import type { StackSettings } from './settings.ts';

interface WechatPayKeys {
  readonly channel_account: string;
  readonly appid: string;
  readonly mchid: string;
  readonly merchant_serial: string;
  readonly merchant_private_key: string;
  readonly platform_serial: string;
  readonly platform_public_key: string;
  readonly api_v3_key: string;
}

/**
 * The merchant "Demo" with test accounts that point at the sandbox, and its key, kept in DATA_DIR/api_key so
 * that every start shows the same one. Never in production: published keys would take real orders.
 */
export async function demoMerchant(
  databaseUrl: string,
  settings: StackSettings,
): Promise<MadeMerchant> {
  const { dataDir } = settings;
  const keyFile = join(dataDir, 'api_key');
  const kept = existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : null;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const made = await seedDemo(client as unknown as pg.PoolClient, kept);
    await seedAccounts(client, settings);
    if (made.api_key !== kept) writeFileSync(keyFile, `${made.api_key}\n`, { mode: 0o600 });
    return made;
  } finally {
    await client.end();
  }
}

async function seedAccounts(client: pg.Client, settings: StackSettings): Promise<void> {
  const { sandboxPort, wechatPayPort } = settings;
  const response = await fetch(`http://127.0.0.1:${sandboxPort}/control/keys`);
  const keys = (await response.json()) as { 'wechat-pay': WechatPayKeys };
  const wechat = keys['wechat-pay'];
  await seedChannelAccount(client as unknown as pg.PoolClient, {
    id: wechat.channel_account,
    channel: 'wechat-pay',
    settings: {
      base_url: `http://127.0.0.1:${wechatPayPort}`,
      appid: wechat.appid,
      mchid: wechat.mchid,
      merchant_serial: wechat.merchant_serial,
      merchant_private_key: wechat.merchant_private_key,
      platform_keys: { [wechat.platform_serial]: wechat.platform_public_key },
      api_v3_key: wechat.api_v3_key,
    },
  });
}

import { z } from 'zod';

import { name, parserOf, privateKey, publicKey } from '../settings.ts';

/** The settings of a merchant's account at WeChat Pay (APIv3). */
const account = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }).default('https://api.mch.weixin.qq.com'),
  appid: name,
  mchid: name,
  merchant_serial: name,
  merchant_private_key: privateKey,
  /** By certificate serial or, in the mode of public keys, `PUB_KEY_ID_…`; several while they rotate. */
  platform_keys: z
    .record(name, publicKey)
    .refine((keys) => Object.keys(keys).length > 0, 'must hold a key, or no reply can be believed'),
  /** The AES-256 key of callbacks. */
  api_v3_key: z.string().regex(/^[\x21-\x7e]{32}$/, 'must be 32 ASCII characters'),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws `WrongSettings`, which names every wrong member, without its value. */
export const parseAccount = parserOf('wechat-pay', account);

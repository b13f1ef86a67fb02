import { z } from 'zod';

/** The settings of a merchant's account at WeChat Pay (APIv3). Keys are PEM. */
const account = z.strictObject({
  base_url: z.url(),
  appid: z.string().min(1),
  mchid: z.string().min(1),
  merchant_serial: z.string().min(1),
  merchant_private_key: z.string().startsWith('-----BEGIN'),
  /** By serial number, or `PUB_KEY_ID_…`; two while WeChat rotates. */
  platform_keys: z.record(z.string().min(1), z.string().startsWith('-----BEGIN')),
  /** 32 ASCII characters: the AES-256 key of callbacks. */
  api_v3_key: z.string().length(32),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws an Error that names every wrong member, without its value. */
export function parseAccount(settings: unknown): Account {
  const parsed = account.safeParse(settings);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`wechat-pay account: ${lines.join('; ')}`);
}

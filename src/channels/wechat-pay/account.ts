import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

/** A key as its account holds it: read once, not at each signature. */
const rsaKey = (parse: (pem: string) => KeyObject, what: string) =>
  z.string().transform((pem, context) => {
    const key = rsaOf(parse, pem);
    if (key) return key;
    context.addIssue({ code: 'custom', message: `must be ${what} (RSA, PEM)` });
    return z.NEVER;
  });

function rsaOf(parse: (pem: string) => KeyObject, pem: string): KeyObject | null {
  try {
    const key = parse(pem);
    return key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}

/** Goes into an address and into a quoted header, so it is nothing but a name. */
const name = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/, 'must be letters and digits');

/** The settings of a merchant's account at WeChat Pay (APIv3). */
const account = z.strictObject({
  base_url: z.url({ protocol: /^https?$/ }),
  appid: name,
  mchid: name,
  merchant_serial: name,
  merchant_private_key: rsaKey(createPrivateKey, 'a private key'),
  /** By certificate serial or `PUB_KEY_ID_…`: public keys or certificates; two while WeChat rotates. */
  platform_keys: z
    .record(name, rsaKey(createPublicKey, 'a public key or certificate'))
    .refine((keys) => Object.keys(keys).length > 0, 'must hold a key, or no reply can be believed'),
  /** The AES-256 key of callbacks. */
  api_v3_key: z.string().regex(/^[\x21-\x7e]{32}$/, 'must be 32 ASCII characters'),
});

export type Account = z.infer<typeof account>;

/** Parses stored settings. Throws an Error that names every wrong member, without its value. */
export function parseAccount(settings: unknown): Account {
  const parsed = account.safeParse(settings);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`wechat-pay account: ${lines.join('; ')}`);
}

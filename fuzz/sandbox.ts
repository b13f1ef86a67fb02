/** The sandbox's published test keys, as far as callbacks are signed with them (contract section 7). */
export interface Keys {
  readonly 'wechat-pay': {
    readonly channel_account: string;
    readonly appid: string;
    readonly mchid: string;
    readonly platform_serial: string;
    readonly platform_private_key: string;
    readonly merchant_private_key: string;
    readonly api_v3_key: string;
  };
  readonly alipay: {
    readonly channel_account: string;
    readonly app_id: string;
    readonly seller_id: string;
    readonly app_private_key: string;
    readonly alipay_private_key: string;
  };
  readonly paypal: {
    readonly channel_account: string;
    readonly merchant_id: string;
    readonly webhook_id: string;
    readonly webhook_private_key: string;
  };
  readonly stripe: {
    readonly channel_account: string;
    readonly webhook_secret: string;
  };
  readonly 'bank-transfer': {
    readonly channel_account: string;
    readonly customer: string;
    readonly bank_key_id: string;
    readonly bank_private_key: string;
  };
  readonly adyen: {
    readonly channel_account: string;
    readonly merchant_account: string;
    readonly hmac_key: string;
  };
  readonly unionpay: {
    readonly channel_account: string;
    readonly mer_id: string;
    readonly merchant_private_key: string;
    readonly merchant_certificate: string;
    readonly unionpay_private_key: string;
    readonly unionpay_certificate: string;
  };
}

export async function publishedKeys(sandbox: string): Promise<Keys> {
  const response = await fetch(`${sandbox}/control/keys`, { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as Keys;
}

/** The payer acts. Throws when the sandbox refuses. */
export async function payer(
  sandbox: string,
  channel: string,
  reference: string,
  action: string,
): Promise<void> {
  const response = await fetch(`${sandbox}/control/payers/${channel}/${reference}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ action }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`the payer could not ${action}: ${await response.text()}`);
}

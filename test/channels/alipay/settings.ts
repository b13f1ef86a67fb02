/** The settings of an account at Alipay, from the sandbox's published keys. */
export function settingsOf(keys: any, baseUrl: string) {
  return {
    base_url: baseUrl,
    app_id: keys.app_id as string,
    seller_id: keys.seller_id as string,
    app_private_key: keys.app_private_key as string,
    alipay_public_keys: [keys.alipay_public_key as string],
  };
}

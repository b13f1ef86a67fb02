/** The settings of an account at WeChat Pay, from the sandbox's published keys. */
export function settingsOf(keys: any, baseUrl: string) {
  return {
    base_url: baseUrl,
    appid: keys.appid as string,
    mchid: keys.mchid as string,
    merchant_serial: keys.merchant_serial as string,
    merchant_private_key: keys.merchant_private_key as string,
    platform_keys: { [keys.platform_serial as string]: keys.platform_public_key as string },
    api_v3_key: keys.api_v3_key as string,
  };
}
